/**
 * Power, network, drives and sleep, as the core wants them: Electron's own events where the system sends them, and what
 * every host looks at besides (drives everywhere; power on Linux).
 */
import { powerMonitor } from 'electron';
import type { Clock } from '#base/clock.ts';
import type { HostPorts, PowerAndNetwork } from '#core/host-ports.ts';
import { MachineWatch } from '#core/machine/machine-watch.ts';

type MachinePorts = Pick<HostPorts, 'powerAndNetwork' | 'onMachineChange'>;

/** For one core: ends when it stops listening. */
export function createMachinePorts(clock: Clock): MachinePorts {
  const watch = new MachineWatch({ clock });
  return {
    powerAndNetwork: () => ({ ...watch.powerAndNetwork(), ...powerOfElectron() }),
    onMachineChange(listener) {
      watch.onChange(listener);
      const sent = [
        ['suspend', 'suspending'],
        ['resume', 'resumed'],
        ['on-ac', 'power'],
        ['on-battery', 'power'],
      ] as const;
      const stops = sent.map(([event, what]) => {
        const tell = (): void => listener(what);
        // Electron types each event apart.
        powerMonitor.on(event as 'suspend', tell);
        return () => powerMonitor.off(event as 'suspend', tell);
      });
      return () => {
        watch.close();
        for (const stop of stops) stop();
      };
    },
  };
}

/** Nothing on Linux, where the kernel says more. */
function powerOfElectron(): Partial<PowerAndNetwork> {
  if (process.platform === 'linux') return {};
  // Whether there is a battery at all Electron does not say; one that is used is there.
  return powerMonitor.isOnBatteryPower() ? { power: 'battery' } : {};
}

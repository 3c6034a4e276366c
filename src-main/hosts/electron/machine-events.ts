/**
 * Power, network, drives and sleep, as Electron's core port wants them: Electron's own events where the system sends
 * them, a look every few seconds where it does not (drives everywhere; power on Linux).
 */
import { powerMonitor } from 'electron';
import type { Clock } from '#base/clock.ts';
import type { HostPorts, PowerAndNetwork } from '#core/host-ports.ts';
import { describePowerAndNetwork } from '#core/machine/power-and-network.ts';
import { judgePower, type PowerState } from '#core/machine/power-supplies.ts';
import { hasNetwork, readMounts, readPowerSupplies } from '#core/machine/read-linux-machine.ts';
import { watchMachine } from '#core/machine/watch-machine.ts';

type MachinePorts = Pick<HostPorts, 'powerAndNetwork' | 'onMachineChange'>;

export function createMachinePorts(clock: Clock): MachinePorts {
  return {
    powerAndNetwork,
    onMachineChange(listener) {
      const stopWatching = watchMachine(clock, { powerAndNetwork, drives: () => readMounts() }, listener);
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
        stopWatching();
        for (const stop of stops) stop();
      };
    },
  };
}

function powerAndNetwork(): PowerAndNetwork {
  return describePowerAndNetwork(readPower(), hasNetwork());
}

function readPower(): PowerState {
  if (process.platform === 'linux') return judgePower(readPowerSupplies());
  // Whether there is a battery at all Electron does not say; one that is used is there.
  const isOnBattery = powerMonitor.isOnBatteryPower();
  return { isOnBattery, hasBattery: isOnBattery };
}

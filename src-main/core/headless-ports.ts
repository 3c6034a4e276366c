/** What a core needs of its host where there is no shell: browser mode and the command line. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { HostPorts } from './host-ports.ts';
import { MachineWatch } from './machine/machine-watch.ts';
import { keepReturningMemory } from './machine/return-memory.ts';

export interface HeadlessHost {
  readonly ports: HostPorts;
  /** After the core has closed. */
  close(): void;
}

export function headlessHost(
  parts: Pick<HostPorts, 'name' | 'version' | 'startEngine' | 'startWatching' | 'onlyAsked' | 'log'> & {
    readonly clock: Clock;
  },
): HeadlessHost {
  const machine = new MachineWatch({ clock: parts.clock });
  const stopReturning = parts.onlyAsked === true ? undefined : keepReturningMemory(parts.clock);
  return {
    ports: {
      ...parts,
      randomBytes: (size) => randomBytes(size),
      zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
      powerAndNetwork: () => machine.powerAndNetwork(),
      onMachineChange: (listener) => machine.onChange(listener),
    },
    close: () => {
      machine.close();
      stopReturning?.();
    },
  };
}

/**
 * Notices that power, network or drives have changed, for hosts whose system does not tell: looks every few seconds and
 * compares. A look reads a handful of small files, well under a millisecond.
 */
import type { Clock } from '#base/clock.ts';
import type { PowerAndNetwork } from '#core/host-ports.ts';

const LOOK_EVERY_MS = 10_000;

export type MachineChange = 'power' | 'network' | 'drives';

export interface MachineReader {
  powerAndNetwork(): PowerAndNetwork;
  /** Any text that changes with the drives. */
  drives(): string;
}

/** @returns how to stop */
export function watchMachine(
  clock: Clock,
  reader: MachineReader,
  listener: (what: MachineChange) => void,
): () => void {
  const control = new AbortController();
  void look(clock, reader, listener, control.signal);
  return () => control.abort();
}

async function look(
  clock: Clock,
  reader: MachineReader,
  listener: (what: MachineChange) => void,
  signal: AbortSignal,
): Promise<void> {
  let before = { ...reader.powerAndNetwork(), drives: reader.drives() };
  for (;;) {
    try {
      await clock.sleep(LOOK_EVERY_MS, signal);
    } catch {
      return;
    }
    const now = { ...reader.powerAndNetwork(), drives: reader.drives() };
    if (now.power !== before.power || now.isBatteryLow !== before.isBatteryLow) listener('power');
    if (now.network !== before.network) listener('network');
    if (now.drives !== before.drives) listener('drives');
    before = now;
  }
}

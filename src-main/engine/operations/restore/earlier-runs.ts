/**
 * What earlier runs of a restore that goes on have done, by their journals. A line tells what was about to be done: so it
 * counts until this run comes by and finds that it is to be done again (`forget`).
 */
import type { ByteString } from '#base/byte-string.ts';
import type { JournalEntry } from '#pipeline/undo-journal.ts';
import type { TargetPath } from '#files/port.ts';

export const EARLIER_DEEDS = ['restored', 'updated', 'removed'] as const;
type EarlierDeed = (typeof EARLIER_DEEDS)[number];

export class EarlierRuns {
  readonly counts: Record<EarlierDeed, number> = { restored: 0, updated: 0, removed: 0 };
  /** Of contents. */
  bytes = 0;
  readonly #deeds = new Map<string, EarlierDeed>();

  /** In the order of the runs. */
  constructor(entries: Iterable<JournalEntry> = []) {
    for (const entry of entries) this.#add(entry);
  }

  has(folder: TargetPath, name: ByteString): boolean {
    // Asked a million times, for nothing mostly.
    return this.#deeds.size > 0 && this.#deeds.has([...folder, name].join('/'));
  }

  /** It is done now, and counted by who does it. */
  forget(folder: TargetPath, name: ByteString, sizeBytes: number): void {
    if (!this.has(folder, name)) return;
    const key = [...folder, name].join('/');
    const deed = this.#deeds.get(key);
    if (deed === undefined) return;
    this.#deeds.delete(key);
    this.counts[deed]--;
    if (deed !== 'removed') this.bytes -= sizeBytes;
  }

  #add(entry: JournalEntry): void {
    const key = entry.path.join('/');
    if (entry.kind !== 'name') return;
    // Told again: by a later run, or because it went elsewhere.
    if (this.#deeds.has(key)) return;
    const { mark, kept } = entry;
    const deed = mark === undefined ? 'removed' : kept === undefined ? 'restored' : 'updated';
    this.#deeds.set(key, deed);
    this.counts[deed]++;
    if (mark?.kind === 'file') this.bytes += mark.sizeBytes;
  }
}

/**
 * The DatabaseDisk port in memory, with a power that can be cut: contents are on the disk when `writeDurably` resolves,
 * names only after `syncFolder`; until then a cut keeps any of the steps that gave or took names, in any choice.
 */
import fs from 'node:fs';
import type { DatabaseDisk } from '#database/database-disk.ts';

type Names = ReadonlyMap<string, Uint8Array>;
/** Names given (or, with undefined, taken) by one step. */
type Step = readonly (readonly [name: string, bytes: Uint8Array | undefined])[];

export class MemoryStateDisk implements DatabaseDisk {
  /** Called before every step that changes something. */
  onStep: () => void = () => undefined;
  readonly #folder: string;
  #durable: Names;
  #unsynced: Step[] = [];

  /** @param folder made for real: the lock is there */
  constructor(folder: string, names: Names = new Map()) {
    this.#folder = folder;
    this.#durable = names;
  }

  /** What may be there after a cut now: each choice of the steps that are not flushed. */
  afterPowerCut(): MemoryStateDisk[] {
    return Array.from({ length: 2 ** this.#unsynced.length }, (_, choice) => {
      const kept = this.#unsynced.filter((_step, at) => (choice >> at) & 1);
      return new MemoryStateDisk(this.#folder, apply(this.#durable, kept));
    });
  }

  makeFolder(): Promise<void> {
    fs.mkdirSync(this.#folder, { recursive: true });
    return Promise.resolve();
  }

  load(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#find(name)?.slice());
  }

  writeDurably(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = new Uint8Array(Buffer.concat(parts));
    // Half of it first: what a cut in the middle of writing leaves.
    void this.#step([[name, bytes.subarray(0, bytes.length / 2)]]);
    return this.#step([[name, bytes]]);
  }

  keepCopy(from: string, to: string): Promise<void> {
    return this.#step([[to, this.#find(from)]]);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#step([
      [to, this.#find(from)],
      [from, undefined],
    ]);
  }

  remove(name: string): Promise<void> {
    return this.#step([[name, undefined]]);
  }

  syncFolder(): Promise<void> {
    this.onStep();
    this.#durable = apply(this.#durable, this.#unsynced);
    this.#unsynced = [];
    return Promise.resolve();
  }

  stampOf(name: string): Promise<string | undefined> {
    return Promise.resolve(this.#find(name) && Buffer.from(this.#find(name)!.subarray(-32)).toString('hex'));
  }

  #find(name: string): Uint8Array | undefined {
    return apply(this.#durable, this.#unsynced).get(name);
  }

  #step(step: Step): Promise<void> {
    this.onStep();
    this.#unsynced.push(step);
    return Promise.resolve();
  }
}

function apply(names: Names, steps: readonly Step[]): Names {
  const applied = new Map(names);
  for (const [name, bytes] of steps.flat()) {
    if (bytes === undefined) applied.delete(name);
    else applied.set(name, bytes);
  }
  return applied;
}

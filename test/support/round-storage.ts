/**
 * A storage as far away as can be: it answers nothing until nobody asks anything further, then all at once. So it counts what
 * a slow line charges for: how many times one has to wait for an answer before one can go on.
 */
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { ByteRange, Storage, StorageEntry, StorageFileType } from '#storage/port.ts';

/** Without a further question. In a busy process a timer may be due although there was something to be done: hence the turns. */
const QUIET_MS = 15;
const QUIET_TURNS = 50;

export class RoundStorage extends ForwardingStorage {
  /** What was asked together, in each round. */
  readonly rounds: string[][] = [];
  #asked: string[] = [];
  #answers: (() => void)[] = [];

  constructor(inner: Storage) {
    super(inner);
  }

  override async open(signal?: AbortSignal): Promise<void> {
    await this.#round('open');
    await super.open(signal);
  }

  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#round(`save ${type}`);
    await super.save(type, name, bytes, signal);
  }

  override async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    await this.#round(`load ${type}`);
    return super.load(type, name, range, signal);
  }

  override async list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    await this.#round(`list ${type}`);
    return super.list(type, signal);
  }

  override async stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    await this.#round(`stat ${type}`);
    return super.stat(type, name, signal);
  }

  override async remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    await this.#round(`remove ${type}`);
    await super.remove(type, name, signal);
  }

  #round(what: string): Promise<void> {
    if (this.#asked.push(what) === 1) void this.#answerWhenQuiet();
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  async #answerWhenQuiet(): Promise<void> {
    for (let seen = -1; seen !== this.#asked.length;) {
      seen = this.#asked.length;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      for (let turn = 0; turn < QUIET_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    this.rounds.push(this.#asked.sort());
    this.#asked = [];
    for (const answer of this.#answers.splice(0)) answer();
  }
}

/**
 * How fast data goes to a place and comes from it, by limits that may change while something is under way. Only packs pay: what
 * they weigh is everything, and a lock that waits behind them would be lost. A pack, or the part of one that is read, goes in
 * one piece and the next one waits until it is paid for, so a rate is an average over pieces.
 */
import type { Clock } from '#base/clock.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { PackContent, ByteRange, Storage, StorageFileType } from '#storage/port.ts';

/** One direction, shared by all who use one place. */
export class RateLimit {
  readonly #clock: Clock;
  /** By who asked for it: several may want one, and the tightest holds. */
  readonly #wanted = new Map<string, number>();
  #bytesPerSecond: number | undefined;
  #owedBytes = 0;
  #owedAtMs: number;
  #changed = new AbortController();
  /** Each waits for the one before it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#owedAtMs = clock.monotonicMs();
  }

  /** From now on, for what waits as well; undefined: this holder lets it go as fast as it goes. */
  set(bytesPerSecond: number | undefined, holder = ''): void {
    this.#settle();
    if (bytesPerSecond === undefined) this.#wanted.delete(holder);
    else this.#wanted.set(holder, bytesPerSecond);
    this.#bytesPerSecond = this.#wanted.size === 0 ? undefined : Math.min(...this.#wanted.values());
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Resolves when all bytes before these are paid for. @throws job.cancelled */
  take(bytes: number, signal?: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#wait(bytes, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Of what has come already, because nobody knew before how much it would be: resolves when it is paid for, too. */
  payFor(bytes: number, signal?: AbortSignal): Promise<void> {
    this.#settle();
    if (this.#bytesPerSecond !== undefined) this.#owedBytes += bytes;
    return this.take(0, signal);
  }

  async #wait(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      throwIfCancelled(signal);
      this.#settle();
      if (this.#bytesPerSecond === undefined || this.#owedBytes <= 0) break;
      const { signal: changed } = this.#changed;
      const delayMs = (this.#owedBytes / this.#bytesPerSecond) * 1000;
      const stop = signal === undefined ? changed : AbortSignal.any([signal, changed]);
      await this.#clock.sleep(Math.max(1, delayMs), stop).catch(() => undefined);
    }
    this.#owedBytes += bytes;
  }

  #settle(): void {
    const nowMs = this.#clock.monotonicMs();
    const paid =
      this.#bytesPerSecond === undefined
        ? Number.POSITIVE_INFINITY
        : ((nowMs - this.#owedAtMs) / 1000) * this.#bytesPerSecond;
    this.#owedBytes = Math.max(0, this.#owedBytes - paid);
    this.#owedAtMs = nowMs;
  }
}

export interface RateLimits {
  /** To the place. */
  readonly up: RateLimit;
  /** From the place. */
  readonly down: RateLimit;
}

export class RateLimitStorage extends ForwardingStorage {
  readonly #limits: RateLimits;

  constructor(inner: Storage, limits: RateLimits) {
    super(inner);
    this.#limits = limits;
  }

  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void> {
    if (type === 'pack') await this.#limits.up.take(bytes.length, signal);
    await this.inner.save(type, name, bytes, signal, content);
  }

  override async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { down } = this.#limits;
    if (type === 'pack') await down.take(range?.length ?? 0, signal);
    const bytes = await this.inner.load(type, name, range, signal);
    if (type === 'pack' && range === undefined) await down.payFor(bytes.length, signal);
    return bytes;
  }
}

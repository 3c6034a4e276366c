/**
 * How fast data goes to a place, by a limit that may change while something is under way. Only packs pay: what they weigh is
 * everything, and a lock that waits behind them would be lost. A pack goes out in one piece and the next one waits until it
 * is paid for, so the rate is an average over packs.
 */
import type { Clock } from '#base/clock.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { Storage, StorageFileType } from '#storage/port.ts';

/** Shared by all who write to one place. */
export class UploadLimit {
  readonly #clock: Clock;
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

  /** From now on, for what waits as well; undefined: as fast as it goes. */
  set(bytesPerSecond: number | undefined): void {
    this.#settle();
    this.#bytesPerSecond = bytesPerSecond;
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Resolves when all bytes before these are paid for. @throws job.cancelled */
  take(bytes: number, signal?: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#wait(bytes, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
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

export class UploadLimitStorage extends ForwardingStorage {
  readonly #limit: UploadLimit;

  constructor(inner: Storage, limit: UploadLimit) {
    super(inner);
    this.#limit = limit;
  }

  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    if (type === 'pack') await this.#limit.take(bytes.length, signal);
    await this.inner.save(type, name, bytes, signal);
  }
}

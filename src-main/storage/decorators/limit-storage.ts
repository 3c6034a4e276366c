/**
 * Bounds how much a storage is asked at once: a number of calls under way, and optionally bytes a second each way.
 * Rates are averages over whole calls (a pack goes out in one piece and the next one waits); smooth pacing inside a
 * call is the network adapters' business. Locks pass without waiting: one that is refreshed too late is lost.
 */
import type { Clock } from '#base/clock.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { ByteRange, Storage, StorageEntry, StorageFileType } from '#storage/port.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

export interface LimitOptions {
  readonly maxConcurrent: number;
  readonly uploadBytesPerSecond?: number;
  readonly downloadBytesPerSecond?: number;
  readonly clock: Clock;
}

export class LimitStorage extends ForwardingStorage {
  readonly #slots: SlotQueue;
  readonly #upload: TokenBucket | undefined;
  readonly #download: TokenBucket | undefined;

  constructor(inner: Storage, options: LimitOptions) {
    super(inner);
    const { maxConcurrent, uploadBytesPerSecond, downloadBytesPerSecond, clock } = options;
    this.#slots = new SlotQueue(maxConcurrent);
    this.#upload =
      uploadBytesPerSecond === undefined ? undefined : new TokenBucket(uploadBytesPerSecond, clock);
    this.#download =
      downloadBytesPerSecond === undefined ? undefined : new TokenBucket(downloadBytesPerSecond, clock);
  }

  override create(signal?: AbortSignal): Promise<void> {
    return this.#slots.run(() => this.inner.create(signal), signal);
  }

  override open(signal?: AbortSignal): Promise<void> {
    return this.#slots.run(() => this.inner.open(signal), signal);
  }

  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    if (type === 'lock') return this.inner.save(type, name, bytes, signal);
    await this.#upload?.take(bytes.length, signal);
    await this.#slots.run(() => this.inner.save(type, name, bytes, signal), signal);
  }

  override async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (type === 'lock') return this.inner.load(type, name, range, signal);
    await this.#download?.take(range?.length ?? 0, signal);
    const bytes = await this.#slots.run(() => this.inner.load(type, name, range, signal), signal);
    // The size of a whole file is known only now: the next call pays for it.
    if (range === undefined) this.#download?.owe(bytes.length);
    return bytes;
  }

  override list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#run(type, () => this.inner.list(type, signal), signal);
  }

  override stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.#run(type, () => this.inner.stat(type, name, signal), signal);
  }

  override remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    return this.#run(type, () => this.inner.remove(type, name, signal), signal);
  }

  override keptUntilMs(
    type: StorageFileType,
    name: string,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    return this.#run(type, () => this.inner.keptUntilMs(type, name, signal), signal);
  }

  override clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    return this.#slots.run(() => this.inner.clockAheadMs(signal), signal);
  }

  override removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.#slots.run(() => this.inner.removeLeftovers(signal), signal);
  }

  override freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.#slots.run(() => this.inner.freeSpaceBytes(signal), signal);
  }

  #run<T>(type: StorageFileType, call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return type === 'lock' ? call() : this.#slots.run(call, signal);
  }
}

/** What may be sent at once after a quiet time, in seconds' worth. */
const BURST_SECONDS = 1;

/** Goes into debt for one call rather than cut it up: a call starts as soon as all earlier ones are paid for. */
class TokenBucket {
  readonly #bytesPerMs: number;
  readonly #clock: Clock;
  /** When everything taken so far is paid for, on the monotonic clock. */
  #paidAtMs: number;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#clock = clock;
    this.#paidAtMs = -Infinity;
  }

  async take(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const startAtMs = this.owe(bytes);
    const delayMs = startAtMs - this.#clock.monotonicMs();
    if (delayMs <= 0) return;
    try {
      await this.#clock.sleep(delayMs, signal);
    } catch (error) {
      this.#paidAtMs -= bytes / this.#bytesPerMs;
      throw error;
    }
  }

  /** Books the bytes; returns when they may start. */
  owe(bytes: number): number {
    const startAtMs = Math.max(this.#paidAtMs, this.#clock.monotonicMs() - BURST_SECONDS * 1000);
    this.#paidAtMs = startAtMs + bytes / this.#bytesPerMs;
    return startAtMs;
  }
}

/**
 * Tells a sink about every call when it ends: what was asked, how many bytes moved, how long it took, how it ended.
 * For tests and for `--debug`; carries names and sizes, never contents.
 */
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { PackContent, ByteRange, Storage, StorageEntry, StorageFileType } from '#storage/port.ts';

export interface TracedCall {
  readonly operation: 'create' | 'open' | 'save' | 'load' | 'list' | 'stat' | 'remove' | 'freeSpaceBytes';
  readonly type?: StorageFileType;
  readonly name?: string;
  readonly range?: ByteRange;
  /** Bytes saved or loaded; for `list` the number of entries is in `entries`. */
  readonly bytes: number;
  readonly entries?: number;
  readonly durationMs: number;
  readonly outcome: 'ok' | ErrorCode | 'unknownError';
}

type Subject = Pick<TracedCall, 'operation' | 'type' | 'name' | 'range'>;

export class TraceStorage extends ForwardingStorage {
  readonly #clock: Clock;
  readonly #sink: (call: TracedCall) => void;

  constructor(inner: Storage, clock: Clock, sink: (call: TracedCall) => void) {
    super(inner);
    this.#clock = clock;
    this.#sink = sink;
  }

  override create(signal?: AbortSignal): Promise<void> {
    return this.#trace({ operation: 'create' }, this.inner.create(signal));
  }

  override open(signal?: AbortSignal): Promise<void> {
    return this.#trace({ operation: 'open' }, this.inner.open(signal));
  }

  override save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void> {
    const sizeBytes = bytes.length;
    return this.#trace(
      { operation: 'save', type, name },
      this.inner.save(type, name, bytes, signal, content),
      () => ({
        bytes: sizeBytes,
      }),
    );
  }

  override load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const subject: Subject = { operation: 'load', type, name, ...(range === undefined ? {} : { range }) };
    return this.#trace(subject, this.inner.load(type, name, range, signal), (loaded) => ({
      bytes: loaded.length,
    }));
  }

  override list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#trace({ operation: 'list', type }, this.inner.list(type, signal), (entries) => ({
      bytes: 0,
      entries: entries.length,
    }));
  }

  override stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.#trace({ operation: 'stat', type, name }, this.inner.stat(type, name, signal));
  }

  override remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    return this.#trace({ operation: 'remove', type, name }, this.inner.remove(type, name, signal));
  }

  override freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.#trace({ operation: 'freeSpaceBytes' }, this.inner.freeSpaceBytes(signal));
  }

  async #trace<T>(
    subject: Subject,
    call: Promise<T>,
    measure: (result: T) => { bytes: number; entries?: number } = () => ({ bytes: 0 }),
  ): Promise<T> {
    const startedMs = this.#clock.monotonicMs();
    const report = (outcome: TracedCall['outcome'], moved: { bytes: number; entries?: number }): void =>
      this.#sink({ ...subject, ...moved, durationMs: this.#clock.monotonicMs() - startedMs, outcome });
    try {
      const result = await call;
      report('ok', measure(result));
      return result;
    } catch (error) {
      report(isTidemarkError(error) ? error.code : 'unknownError', { bytes: 0 });
      throw error;
    }
  }
}

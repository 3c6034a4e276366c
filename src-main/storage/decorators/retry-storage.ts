/**
 * Repeats calls that failed with an error whose advice is `later`, after a growing, jittered delay, for a bounded time.
 * When it gives up it throws the *first* error: later ones are usually its echo. Any other error passes at once.
 * Owns the one ambiguity that repeating brings: a save that was refused as existing may have met its own first attempt.
 */
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, throwIfCancelled, type TidemarkError } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { PackContent, ByteRange, Storage, StorageEntry, StorageFileType } from '#storage/port.ts';

export interface RetryBudget {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** No attempt starts later than this after the first one did. */
  readonly totalMs: number;
}

export const RETRY_BUDGETS = {
  /** A disk answers or it does not; an unreadable sector must not hold a restore for minutes. */
  local: { firstDelayMs: 200, maxDelayMs: 5_000, totalMs: 20_000 },
  /** Rides out a router's restart; as long as restic tries. Well below the 30 min after which a lock counts as stale. */
  network: { firstDelayMs: 500, maxDelayMs: 60_000, totalMs: 15 * 60_000 },
  /** Nothing is begun yet that would be worth waiting for, and somebody may be looking on. */
  networkOpen: { firstDelayMs: 500, maxDelayMs: 5_000, totalMs: 15_000 },
} as const satisfies Record<string, RetryBudget>;

const DELAY_GROWTH = 2;

export interface RetryEvent {
  readonly error: TidemarkError;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly delayMs: number;
}

export interface RetryOptions {
  readonly clock: Clock;
  /** Evenly spread in [0, 1); spreads delays between half and one and a half of the plain figure. */
  readonly random: () => number;
  readonly budget: RetryBudget;
  /** For `open` and `create`; the same when absent. */
  readonly openBudget?: RetryBudget;
  /** Called before each wait. */
  readonly onRetry?: (event: RetryEvent) => void;
}

export class RetryStorage extends ForwardingStorage {
  readonly #options: RetryOptions;

  constructor(inner: Storage, options: RetryOptions) {
    super(inner);
    this.#options = options;
  }

  override create(signal?: AbortSignal): Promise<void> {
    return this.#retry(() => this.inner.create(signal), signal, this.#options.openBudget);
  }

  override open(signal?: AbortSignal): Promise<void> {
    return this.#retry(() => this.inner.open(signal), signal, this.#options.openBudget);
  }

  override save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void> {
    return this.#retry(async (attempt) => {
      try {
        await this.inner.save(type, name, bytes, signal, content);
      } catch (error) {
        if (attempt === 1 || !isTidemarkError(error, 'storage.alreadyExists')) throw error;
        const stored = await this.inner.load(type, name, undefined, signal);
        if (Buffer.compare(stored, bytes) !== 0) throw error;
      }
    }, signal);
  }

  override load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#retry(() => this.inner.load(type, name, range, signal), signal);
  }

  override list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#retry(() => this.inner.list(type, signal), signal);
  }

  override stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.#retry(() => this.inner.stat(type, name, signal), signal);
  }

  override remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    return this.#retry(() => this.inner.remove(type, name, signal), signal);
  }

  override keptUntilMs(
    type: StorageFileType,
    name: string,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    return this.#retry(() => this.inner.keptUntilMs(type, name, signal), signal);
  }

  override clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    return this.#retry(() => this.inner.clockAheadMs(signal), signal);
  }

  override removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.#retry(() => this.inner.removeLeftovers(signal), signal);
  }

  override freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.#retry(() => this.inner.freeSpaceBytes(signal), signal);
  }

  async #retry<T>(
    call: (attempt: number) => Promise<T>,
    signal: AbortSignal | undefined,
    budget = this.#options.budget,
  ): Promise<T> {
    const { clock, random, onRetry } = this.#options;
    const startedMs = clock.monotonicMs();
    let firstError: unknown;
    let plainDelayMs = budget.firstDelayMs;
    for (let attempt = 1; ; attempt++) {
      throwIfCancelled(signal);
      try {
        return await call(attempt);
      } catch (error) {
        if (!isTidemarkError(error) || error.retry !== 'later') throw error;
        firstError ??= error;
        const delayMs = Math.max(plainDelayMs * (0.5 + random()), askedDelayMs(error, budget));
        if (clock.monotonicMs() - startedMs + delayMs > budget.totalMs) throw firstError;
        onRetry?.({ error, attempt, delayMs });
        await clock.sleep(delayMs, signal);
        plainDelayMs = Math.min(plainDelayMs * DELAY_GROWTH, budget.maxDelayMs);
      }
    }
  }
}

/** What a place asks for, within what somebody would wait between two tries. */
function askedDelayMs({ retryAfterMs = 0 }: TidemarkError, { maxDelayMs }: RetryBudget): number {
  return Math.min(retryAfterMs, maxDelayMs);
}

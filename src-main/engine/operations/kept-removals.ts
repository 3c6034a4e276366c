/**
 * What a place keeps of what is removed from it, and until when: object lock, or append-only. Asked before each removal;
 * a place that does not tell stops nothing.
 */
import { isTidemarkError, throwIfCancelled, type TidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import type { StorageFileType } from '#storage/port.ts';

export class KeptRemovals {
  readonly #repository: Repository;
  #untilMs: number | undefined;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** The latest day of all that was asked for or refused; undefined: nothing is kept, or without a day. */
  get untilMs(): number | undefined {
    return this.#untilMs;
  }

  /** @returns whether the place keeps what the file holds longer than the file. @throws job.cancelled */
  async ask(type: StorageFileType, name: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { storage, ports } = this.#repository;
    let untilMs: number | undefined;
    try {
      untilMs = await storage.keptUntilMs(type, name, signal);
    } catch {
      throwIfCancelled(signal);
    }
    if (untilMs === undefined || untilMs <= ports.clock.nowMs()) return false;
    this.#note(untilMs);
    return true;
  }

  /** @returns whether the error is a refusal of a place that lets nothing go, which is as it is meant to be */
  noteRefusal(error: unknown): error is TidemarkError<'storage.removalRefused'> {
    if (!isTidemarkError(error, 'storage.removalRefused')) return false;
    if (error.data.keptUntil !== null) this.#note(Date.parse(error.data.keptUntil));
    return true;
  }

  #note(untilMs: number): void {
    this.#untilMs = Math.max(untilMs, this.#untilMs ?? untilMs);
  }
}

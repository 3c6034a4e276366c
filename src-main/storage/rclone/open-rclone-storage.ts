/**
 * The rclone behind a place: started when it is first needed, started again when it has died, ended with the place. Says
 * what rclone says when a call fails.
 */
import { TidemarkError, isTidemarkError } from '#base/errors.ts';
import type { HttpClient } from '#storage/http/http-client.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import type { RcloneLocation } from '#storage/locations/place-location.ts';
import type { OpenOptions } from '#storage/open-options.ts';
import { RcloneChild } from '#storage/rclone/rclone-child.ts';
import { knownRcloneError, rcloneEnded } from '#storage/rclone/rclone-errors.ts';
import { RestStorage, type RestServer } from '#storage/rest/rest-storage.ts';

export function openRcloneStorage(place: RcloneLocation, options: OpenOptions): RestStorage {
  return new RestStorage(new RcloneServer(place, options));
}

/** What it prints is here by then. */
const WORDS_MS = 50;

class RcloneServer implements RestServer {
  readonly location: string;
  readonly #place: RcloneLocation;
  readonly #options: OpenOptions;
  /** Being started, or running, or found dead by the next call. */
  #child: Promise<RcloneChild> | undefined;
  #running: RcloneChild | undefined;
  readonly #closing = new AbortController();

  constructor(place: RcloneLocation, options: OpenOptions) {
    this.location = describeLocation(place);
    this.#place = place;
    this.#options = options;
  }

  async connect(signal: AbortSignal | undefined): Promise<HttpClient> {
    if (this.#running?.hasEnded === true) await this.#drop();
    const child = (this.#child ??= this.#start());
    return (await untilCancelled(child, signal)).client;
  }

  async explain(error: TidemarkError): Promise<TidemarkError> {
    const child = this.#running;
    if (child === undefined || error.retry !== 'later') return error;
    // Its answer may have overtaken its words.
    await this.#options.clock.sleep(WORDS_MS);
    const { lastWords } = child;
    if (child.hasEnded) return rcloneEnded(this.location, lastWords);
    // Of its own answers, not of the way to it.
    if (!isTidemarkError(error, 'storage.ioFailed') || lastWords === undefined) return error;
    const { location, operation } = error.data;
    return (
      knownRcloneError(lastWords, location) ??
      new TidemarkError(
        'storage.ioFailed',
        { location, operation, reason: `rclone: ${lastWords}` },
        { retry: 'later', cause: error },
      )
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#drop();
  }

  async #start(): Promise<RcloneChild> {
    try {
      const child = await RcloneChild.start(this.#place, this.#options, this.#closing.signal);
      this.#running = child;
      // Closed meanwhile: whoever waited for it is gone.
      if (this.#closing.signal.aborted) await this.#drop();
      return child;
    } catch (error) {
      this.#child = undefined;
      throw error;
    }
  }

  async #drop(): Promise<void> {
    const child = this.#running;
    this.#running = undefined;
    this.#child = undefined;
    await child?.stop();
  }
}

function untilCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new TidemarkError('job.cancelled', {}));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

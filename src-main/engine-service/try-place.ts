/**
 * Tries a place out: writes a file of its own, reads it back, lists and removes it, measures speed and clock. Whatever
 * happens meanwhile, also a cancel, it takes away what it wrote, and tells what it could not.
 * Writes only where nobody looks for a repository's files (`trial` of the storage port), and nothing where it would stay. (Not
 * even a lock, which may be removed there: an older restic does not survive one that it cannot read.)
 */
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, TidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { PlaceTrial, TrialStep } from '#contract/app/place-trial.ts';
import type { Primitives } from '#format/primitives.ts';
import { newTrialName } from '#storage/object-path.ts';
import type { Storage } from '#storage/port.ts';

/** For one call; a place that takes longer is of no use now. */
const PATIENCE_MS = 30_000;
/** For one measurement. */
const MEASURING_MS = 4_000;
/** For taking one file away, also after a cancel. */
const CLEAN_UP_MS = 10_000;

const SMALL_BYTES = 1 << 10;
/** The second only where the first went so quickly that it will arrive in time. */
const MEASURED_BYTES = [256 << 10, 4 << 20] as const;

export interface TrialTerms {
  readonly clock: Clock;
  readonly primitives: Pick<Primitives, 'randomBytes'>;
  /** False: nothing is there that could be written into without leaving a trace. */
  readonly mayWrite: boolean;
}

interface WrittenFile {
  readonly name: string;
  readonly sizeBytes: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Step = 'lists' | 'writes' | 'readsBack' | 'removes';

/** The storage is opened already, and left open. Errors of the place are in the result. @throws job.cancelled */
export async function tryPlace(
  storage: Storage,
  terms: TrialTerms,
  signal: AbortSignal,
): Promise<PlaceTrial> {
  const trial = new Trial(storage, terms, signal);
  try {
    await trial.run(terms.mayWrite);
  } finally {
    await trial.cleanUp();
  }
  throwIfCancelled(signal);
  return trial.result;
}

/** Of a place that nobody has come to. */
export function untriedPlace(): PlaceTrial {
  const notTried = { kind: 'notTried' } as const;
  return {
    lists: notTried,
    writes: notTried,
    readsBack: notTried,
    removes: notTried,
    keeping: { kind: 'unknown' },
    upload: null,
    download: null,
    clockAheadMs: null,
    left: null,
  };
}

class Trial {
  readonly result: Mutable<PlaceTrial> = untriedPlace();
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #primitives: TrialTerms['primitives'];
  readonly #signal: AbortSignal;
  /** And not removed yet; also those whose writing failed: they may be there all the same. */
  #written: WrittenFile[] = [];

  constructor(storage: Storage, { clock, primitives }: TrialTerms, signal: AbortSignal) {
    this.#storage = storage;
    this.#clock = clock;
    this.#primitives = primitives;
    this.#signal = signal;
  }

  async run(mayWrite: boolean): Promise<void> {
    await this.#readClock();
    await this.#try('lists', (stop) => this.#storage.list('key', stop));
    if (!mayWrite) return;
    await this.#askForRemoval();
    if (this.result.keeping.kind === 'everything') {
      await this.#readConfig();
      return;
    }
    const bytes = this.#primitives.randomBytes(SMALL_BYTES);
    const file: WrittenFile = { name: this.#newName(), sizeBytes: bytes.length };
    this.#written.push(file);
    if (!(await this.#try('writes', (stop) => this.#storage.save('trial', file.name, bytes, stop)))) return;
    if (!(await this.#try('readsBack', (stop) => this.#expectSame(file, bytes, stop)))) return;
    await this.#try('lists', (stop) => this.#expectListed(file, stop));
    await this.#askForLock(file);
    await this.#remove([file]);
    if (this.result.keeping.kind !== 'nothing') return;
    const largest = await this.#measureUpload();
    if (largest !== undefined) await this.#measureDownload(largest);
  }

  /** What is still there. */
  cleanUp(): Promise<void> {
    return this.#remove([...this.#written]);
  }

  /** The caller's signal may have fired: this has its own time. What stays is noted. */
  async #remove(files: readonly WrittenFile[]): Promise<void> {
    for (const file of files) {
      const { result } = this;
      try {
        await this.#within(CLEAN_UP_MS, undefined, (stop) => this.#removeSurely(file, stop));
        // Perhaps there was nothing to remove.
        if (result.writes.kind !== 'worked') continue;
        if (result.keeping.kind === 'locked') this.#noteLeft(file, result.keeping.untilMs);
        else if (result.keeping.kind === 'unknown') result.keeping = { kind: 'nothing' };
        if (result.removes.kind === 'notTried') result.removes = { kind: 'worked' };
      } catch (error) {
        const untilMs = keptUntilMs(error);
        if (untilMs !== undefined) result.keeping = { kind: 'everything', untilMs };
        // What could not be written is not there, most likely.
        if (result.writes.kind !== 'worked') continue;
        result.removes = failed(error);
        this.#noteLeft(file, untilMs ?? null);
      }
    }
    this.#written = this.#written.filter((file) => !files.includes(file));
  }

  #noteLeft({ sizeBytes }: WrittenFile, untilMs: number | null): void {
    const { files = 0, bytes = 0 } = this.result.left ?? {};
    this.result.left = { files: files + 1, bytes: bytes + sizeBytes, untilMs };
  }

  async #readClock(): Promise<void> {
    try {
      const aheadMs = await this.#within(PATIENCE_MS, this.#signal, (stop) =>
        this.#storage.clockAheadMs(stop),
      );
      this.result.clockAheadMs = aheadMs ?? null;
    } catch {
      // Whatever is wrong shows when something is written.
      throwIfCancelled(this.#signal);
    }
  }

  /** A place that lets nothing go says so of what it does not have, too; then nothing is written that would stay. */
  async #askForRemoval(): Promise<void> {
    try {
      await this.#within(PATIENCE_MS, this.#signal, (stop) =>
        this.#storage.remove('trial', this.#newName(), stop),
      );
    } catch (error) {
      throwIfCancelled(this.#signal);
      const untilMs = keptUntilMs(error);
      if (untilMs === undefined) return;
      this.result.keeping = { kind: 'everything', untilMs };
      this.result.removes = failed(error);
    }
  }

  async #askForLock({ name }: WrittenFile): Promise<void> {
    try {
      const untilMs = await this.#within(PATIENCE_MS, this.#signal, (stop) =>
        this.#storage.keptUntilMs('trial', name, stop),
      );
      if (untilMs !== undefined && untilMs > this.#clock.nowMs())
        this.result.keeping = { kind: 'locked', untilMs };
    } catch {
      throwIfCancelled(this.#signal);
    }
  }

  /** Where nothing is written that could be read back. */
  async #readConfig(): Promise<void> {
    const load = async (stop: AbortSignal): Promise<boolean> => {
      const [config] = await this.#storage.list('config', stop);
      if (config !== undefined) await this.#storage.load('config', config.name, undefined, stop);
      return config !== undefined;
    };
    let isThere = false;
    await this.#try('readsBack', async (stop) => (isThere = await load(stop)));
    if (!isThere && this.result.readsBack.kind === 'worked') this.result.readsBack = { kind: 'notTried' };
  }

  async #expectSame({ name }: WrittenFile, bytes: Uint8Array, stop: AbortSignal): Promise<void> {
    const loaded = await this.#storage.load('trial', name, undefined, stop);
    if (Buffer.compare(loaded, bytes) !== 0) throw this.#notKept(name);
  }

  async #expectListed({ name }: WrittenFile, stop: AbortSignal): Promise<void> {
    const listed = await this.#storage.list('trial', stop);
    if (!listed.some((entry) => entry.name === name)) throw this.#notKept(name);
  }

  async #removeSurely({ name }: WrittenFile, stop: AbortSignal): Promise<void> {
    await this.#storage.remove('trial', name, stop);
    try {
      await this.#storage.stat('trial', name, stop);
    } catch (error) {
      if (isTidemarkError(error, 'storage.objectMissing')) return;
      throw error;
    }
    const data = { location: this.#storage.location, operation: 'remove', reason: 'the file is still there' };
    throw new TidemarkError('storage.ioFailed', data);
  }

  /** @returns the largest file that arrived */
  async #measureUpload(): Promise<WrittenFile | undefined> {
    let largest: WrittenFile | undefined;
    for (const sizeBytes of MEASURED_BYTES) {
      const { upload } = this.result;
      if (upload !== null && !wouldArrive(upload, sizeBytes)) break;
      const bytes = this.#primitives.randomBytes(sizeBytes);
      const file: WrittenFile = { name: this.#newName(), sizeBytes };
      this.#written.push(file);
      const ms = await this.#measure((stop) => this.#storage.save('trial', file.name, bytes, stop));
      if (ms === 'late' && upload === null)
        this.result.upload = { bytes: sizeBytes, ms: MEASURING_MS, isSlower: true };
      if (typeof ms !== 'number') break;
      this.result.upload = { bytes: sizeBytes, ms, isSlower: false };
      largest = file;
    }
    return largest;
  }

  async #measureDownload({ name, sizeBytes }: WrittenFile): Promise<void> {
    for (const length of MEASURED_BYTES) {
      const { download } = this.result;
      if (length > sizeBytes || (download !== null && !wouldArrive(download, length))) break;
      const ms = await this.#measure((stop) =>
        this.#storage.load('trial', name, { offset: 0, length }, stop),
      );
      if (ms === 'late' && download === null)
        this.result.download = { bytes: length, ms: MEASURING_MS, isSlower: true };
      if (typeof ms !== 'number') break;
      this.result.download = { bytes: length, ms, isSlower: false };
    }
  }

  /** How long it took, or why that is not known. @throws job.cancelled for the caller's cancel */
  async #measure(work: (stop: AbortSignal) => Promise<unknown>): Promise<number | 'late' | 'failed'> {
    const startedMs = this.#clock.monotonicMs();
    try {
      await this.#within(MEASURING_MS, this.#signal, work);
      return Math.max(1, this.#clock.monotonicMs() - startedMs);
    } catch (error) {
      throwIfCancelled(this.#signal);
      return isTidemarkError(error, 'storage.timeout') ? 'late' : 'failed';
    }
  }

  /** Notes how the step ended. @returns whether it worked. @throws job.cancelled */
  async #try(step: Step, work: (stop: AbortSignal) => Promise<unknown>): Promise<boolean> {
    try {
      await this.#within(PATIENCE_MS, this.#signal, work);
      this.result[step] = { kind: 'worked' };
      return true;
    } catch (error) {
      throwIfCancelled(this.#signal);
      this.result[step] = failed(error);
      return false;
    }
  }

  /** @throws storage.timeout when the time is over */
  async #within<T>(
    limitMs: number,
    signal: AbortSignal | undefined,
    work: (stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const late = new AbortController();
    const done = new AbortController();
    this.#clock.sleep(limitMs, done.signal).then(
      () => late.abort(),
      () => undefined,
    );
    try {
      return await work(signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (!late.signal.aborted || signal?.aborted === true) throw error;
      const data = { location: this.#storage.location, operation: 'answer' };
      throw new TidemarkError('storage.timeout', data, { retry: 'later', cause: error });
    } finally {
      done.abort();
    }
  }

  #newName(): string {
    return newTrialName(Buffer.from(this.#primitives.randomBytes(6)).toString('hex'));
  }

  #notKept(name: string): TidemarkError {
    return new TidemarkError('storage.notKept', {
      location: this.#storage.location,
      kind: 'trial',
      name,
    });
  }
}

function wouldArrive({ bytes, ms }: { readonly bytes: number; readonly ms: number }, size: number): boolean {
  return (ms * size) / bytes <= MEASURING_MS;
}

/** Of a refusal to remove: its date, null without one. Undefined for any other error. */
function keptUntilMs(error: unknown): number | null | undefined {
  if (!isTidemarkError(error, 'storage.removalRefused')) return undefined;
  return error.data.keptUntil === null ? null : Date.parse(error.data.keptUntil);
}

/** @throws what is no TidemarkError: a bug */
function failed(error: unknown): TrialStep {
  if (!isTidemarkError(error)) throw error;
  return { kind: 'failed', error: error.toWire() };
}

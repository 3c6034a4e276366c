/**
 * A storage that misbehaves as planned: fails, hangs, cuts short, lies, runs twice, fills up, lists the past, dies.
 * Faults are planned per method and used up in order by the calls they match. A test whose planned fault never struck
 * proved nothing: it fails by `assertAllReached`, and at its end if nobody asked what was reached.
 */
import { afterEach } from 'vitest';
import { TidemarkError, throwIfCancelled } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import { refusesOverwrite } from '#storage/object-path.ts';
import type { ByteRange, StorageEntry, StorageFileType } from '#storage/port.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

export type FaultMethod = 'create' | 'open' | 'save' | 'load' | 'list' | 'stat' | 'remove' | 'freeSpaceBytes';

export type Fault =
  /** Throws without doing anything. */
  | { readonly kind: 'fail'; readonly error: Error }
  /** Does it, then throws: the answer got lost. */
  | { readonly kind: 'failAfter'; readonly error: Error }
  /** Waits, ending early by signal, then does it. */
  | { readonly kind: 'stall'; readonly until: Promise<unknown> }
  /** `save` stores and `load` gives only the first bytes, and both report success. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Reports success without doing anything (`create`, `open`, `save`, `remove`). */
  | { readonly kind: 'lie' }
  /** Does it twice; the second outcome is reported. */
  | { readonly kind: 'repeat' }
  /**
   * Lets the next call of the same method take effect first. Not reached when none comes while this one waits. `dies`: then
   * the process is dead, and this one never takes effect.
   */
  | { readonly kind: 'reorder'; readonly dies?: boolean }
  /** `list` leaves out what `isMissing` names, as an index that lags behind. */
  | { readonly kind: 'stale'; readonly isMissing: (name: string) => boolean };

interface PlannedFault {
  readonly method: FaultMethod;
  readonly fault: Fault;
  readonly type: StorageFileType | undefined;
  readonly name: string | undefined;
  skip: number;
  times: number;
  /** It struck and could do nothing. */
  isMissed: boolean;
}

export interface FaultPlan {
  /** Only calls for this type or name. */
  readonly type?: StorageFileType;
  readonly name?: string;
  /** Matching calls that pass before the fault strikes; 0 unless told. */
  readonly skip?: number;
  /** Calls it strikes; 1 unless told, Infinity for ever. */
  readonly times?: number;
}

export interface StopPlan {
  /** Which calls count: those that change something (save, remove; the default), or all. */
  readonly counting?: 'changes' | 'all';
  /** The k-th call still takes effect, only its answer is lost. */
  readonly lastTakesEffect?: boolean;
}

/** A call that is to be overtaken waits so long for another one; who makes calls one after the other never makes it. */
const OVERTAKING_MS = 25;

const ALL_TYPES: readonly StorageFileType[] = ['config', 'key', 'lock', 'snapshot', 'index', 'pack'];

/** With plans that nobody has asked about yet. */
const unasked = new Set<FaultStorage>();

afterEach(() => {
  const planned = [...unasked];
  unasked.clear();
  for (const storage of planned) storage.assertAllReached();
});

export class FaultStorage extends ForwardingStorage {
  /** Calls of `save` and `remove` so far: how far a sweep with `stopAt` has to go. */
  changeCount = 0;
  /** All calls so far. */
  callCount = 0;
  readonly #plans: PlannedFault[] = [];
  readonly #struck = new Set<PlannedFault>();
  /** Calls that wait to be overtaken, by method. */
  readonly #waiting = new Map<FaultMethod, () => void>();
  /** One save at a time, or two could both fit into the same last bytes. */
  readonly #quotaSaves = new SlotQueue(1);
  #quota: { readonly limitBytes: number; reached: boolean } | undefined;
  #stop: { readonly at: number; readonly plan: StopPlan; reached: boolean } | undefined;

  plan(method: FaultMethod, fault: Fault, plan: FaultPlan = {}): this {
    const { type, name, skip = 0, times = 1 } = plan;
    this.#plans.push({ method, fault, type, name, skip, times, isMissed: false });
    unasked.add(this);
    return this;
  }

  /** Saves that would bring the sum of all sizes above the limit fail with `storage.full`. */
  quota(limitBytes: number): this {
    this.#quota = { limitBytes, reached: false };
    unasked.add(this);
    return this;
  }

  /** From the k-th counted call on (1 = the next), every call fails, as if the process had died there. */
  stopAt(k: number, plan: StopPlan = {}): this {
    const before = plan.counting === 'all' ? this.callCount : this.changeCount;
    this.#stop = { at: before + k, plan, reached: false };
    unasked.add(this);
    return this;
  }

  /** Throws when a planned fault, quota or stop was not reached. `times: Infinity` is reached by one call. */
  assertAllReached(): void {
    const unreached = this.#unreached();
    if (unreached.length > 0) throw new Error(`planned faults never reached: ${unreached.join(', ')}`);
  }

  /** For sweeps that go on until a fault lies beyond the end. */
  get isAllReached(): boolean {
    return this.#unreached().length === 0;
  }

  /** For plans that are to show that nobody makes such a call. */
  get isUntouched(): boolean {
    unasked.delete(this);
    return this.#struck.size === 0;
  }

  #unreached(): string[] {
    unasked.delete(this);
    const unreached = this.#plans
      .filter((plan) => plan.isMissed || (plan.times === Infinity ? !this.#struck.has(plan) : plan.times > 0))
      .map((plan) => `${plan.method} ${plan.fault.kind}`);
    if (this.#quota?.reached === false) unreached.push('quota');
    if (this.#stop?.reached === false) unreached.push('stopAt');
    return unreached;
  }

  override create(signal?: AbortSignal): Promise<void> {
    return this.#call('create', undefined, undefined, signal, () => this.inner.create(signal), nothing);
  }

  override open(signal?: AbortSignal): Promise<void> {
    return this.#call('open', undefined, undefined, signal, () => this.inner.open(signal), nothing);
  }

  override save(type: StorageFileType, name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const run = async (truncateTo?: number): Promise<void> => {
      const stored = truncateTo === undefined ? bytes : bytes.subarray(0, truncateTo);
      if (this.#quota === undefined) return this.inner.save(type, name, stored, signal);
      await this.#quotaSaves.run(async () => {
        await this.#assertQuota(type, name, stored.length);
        await this.inner.save(type, name, stored, signal);
      }, signal);
    };
    return this.#call('save', type, name, signal, run, nothing);
  }

  override load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const run = async (truncateTo?: number): Promise<Uint8Array<ArrayBuffer>> => {
      const loaded = await this.inner.load(type, name, range, signal);
      return truncateTo === undefined ? loaded : loaded.slice(0, truncateTo);
    };
    return this.#call('load', type, name, signal, run);
  }

  override list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#call('list', type, undefined, signal, () => this.inner.list(type, signal));
  }

  override stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.#call('stat', type, name, signal, () => this.inner.stat(type, name, signal));
  }

  override remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    return this.#call('remove', type, name, signal, () => this.inner.remove(type, name, signal), nothing);
  }

  override freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.#call('freeSpaceBytes', undefined, undefined, signal, () =>
      this.inner.freeSpaceBytes(signal),
    );
  }

  /** @param lieResult what a lying call answers; absent where success cannot be made up */
  async #call<T>(
    method: FaultMethod,
    type: StorageFileType | undefined,
    name: string | undefined,
    signal: AbortSignal | undefined,
    run: (truncateTo?: number) => Promise<T>,
    lieResult?: () => T,
  ): Promise<T> {
    throwIfCancelled(signal);
    await this.#dieWhenDue(method, run);
    const plan = this.#take(method, type, name);
    if (plan === undefined) return this.#overtake(method, run);
    const { fault } = plan;
    switch (fault.kind) {
      case 'fail':
        throw fault.error;
      case 'failAfter':
        await run();
        throw fault.error;
      case 'stall':
        await untilOrCancelled(fault.until, signal);
        return run();
      case 'truncate':
        return run(fault.bytes);
      case 'lie':
        if (lieResult === undefined) throw new Error(`${method} cannot lie`);
        return lieResult();
      case 'repeat':
        await run();
        return run();
      case 'reorder':
        plan.isMissed = !(await this.#isOvertaken(method));
        if (fault.dies !== true || plan.isMissed) return run();
        this.#stop = { at: 0, plan: {}, reached: true };
        throw this.#death(method);
      case 'stale': {
        const result = await run();
        if (!Array.isArray(result)) throw new Error(`${method} cannot be stale`);
        return result.filter((entry: StorageEntry) => !fault.isMissing(entry.name)) as T;
      }
    }
  }

  #take(
    method: FaultMethod,
    type: StorageFileType | undefined,
    name: string | undefined,
  ): PlannedFault | undefined {
    for (const plan of this.#plans) {
      if (plan.times <= 0 || plan.method !== method) continue;
      if (plan.type !== undefined && plan.type !== type) continue;
      if (plan.name !== undefined && plan.name !== name) continue;
      if (plan.skip > 0) {
        plan.skip--;
        continue;
      }
      plan.times--;
      this.#struck.add(plan);
      return plan;
    }
    return undefined;
  }

  async #overtake<T>(method: FaultMethod, run: () => Promise<T>): Promise<T> {
    const release = this.#waiting.get(method);
    this.#waiting.delete(method);
    try {
      return await run();
    } finally {
      release?.();
    }
  }

  /** Whether another call came and has taken effect. */
  #isOvertaken(method: FaultMethod): Promise<boolean> {
    return new Promise((resolve) => {
      const release = (): void => resolve(true);
      this.#waiting.set(method, release);
      setTimeout(() => {
        // Whoever has taken it out is overtaking.
        if (this.#waiting.get(method) !== release) return;
        this.#waiting.delete(method);
        resolve(false);
      }, OVERTAKING_MS);
    });
  }

  async #dieWhenDue(method: FaultMethod, run: () => Promise<unknown>): Promise<void> {
    const isChange = method === 'save' || method === 'remove';
    this.callCount++;
    if (isChange) this.changeCount++;
    const stop = this.#stop;
    if (stop === undefined) return;
    const counted = stop.plan.counting === 'all' ? this.callCount : this.changeCount;
    const counts = stop.plan.counting === 'all' || isChange;
    if (!stop.reached && (counted < stop.at || !counts)) return;
    const isTheOne = !stop.reached;
    stop.reached = true;
    if (isTheOne && stop.plan.lastTakesEffect === true) await run();
    throw this.#death(method);
  }

  #death(operation: FaultMethod): TidemarkError {
    const reason = 'the process died here';
    return new TidemarkError('storage.ioFailed', { location: this.location, operation, reason });
  }

  async #assertQuota(type: StorageFileType, name: string, sizeBytes: number): Promise<void> {
    const quota = this.#quota;
    if (quota === undefined) return;
    let usedBytes = 0;
    for (const each of ALL_TYPES) {
      for (const entry of await this.inner.list(each)) {
        const isReplaced = each === type && entry.name === name && !refusesOverwrite(type);
        if (!isReplaced) usedBytes += entry.sizeBytes;
      }
    }
    if (usedBytes + sizeBytes <= quota.limitBytes) return;
    quota.reached = true;
    throw new TidemarkError(
      'storage.full',
      { location: this.location, outOfInodes: false },
      { retry: 'afterUser' },
    );
  }
}

function nothing(): void {}

async function untilOrCancelled(until: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  throwIfCancelled(signal);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new TidemarkError('job.cancelled', {}));
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    until.then(settle, settle);
  });
}

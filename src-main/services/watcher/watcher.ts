/**
 * Follows what changes in the folders of plans: gives each run hints of what to look at, asks for runs, and says where it
 * cannot follow. Owns the watches of the plans and when to ask; not the runs, which take hints and hand them back.
 * Hints only ever spare work: nothing here says that a file is saved, and every doubt makes the next run look at everything.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import type { DoubtReason } from '#contract/watch-codes.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { FolderWatch, FolderWatching, UnwatchedFolder } from './folder-watching.ts';
import { PlanWatch, type RunOutcome, type TakenHints } from './plan-watch.ts';
import type { ExclusionSuggestion } from './storm-meter.ts';
import { LOOK_MS, SLEPT_MS } from './watch-limits.ts';
import type { RunMoment } from './when-to-run.ts';

/** A plan as the watcher needs it; presets are patterns here, the very ones that its backups are given. */
export interface WatchedPlan {
  readonly id: string;
  readonly folders: readonly ByteString[];
  readonly exclude: PatternOptions;
  readonly placeIds: readonly string[];
  /** Off: runs look at everything, and nobody asks for one. */
  readonly isWatching: boolean;
}

export interface PlanWatchStatus {
  /** `partly`: some folders cannot be watched and are looked at whole in every run. */
  readonly kind: 'off' | 'starting' | 'watching' | 'partly';
  readonly watchedFolders: number;
  readonly unwatched: readonly UnwatchedFolder[];
  /** Why the next run looks at everything; empty when it follows hints. */
  readonly doubts: readonly DoubtReason[];
  /** Something has changed that no run has taken yet. */
  readonly hasChanges: boolean;
  /** When a run will be asked for, on the clock that never goes backwards. */
  readonly nextRun: RunMoment;
  readonly suggestion: ExclusionSuggestion | undefined;
}

export interface WatcherEvents {
  /** A run of the plan is wanted, to all its places. Repeated only when none has begun for a while. */
  onWanted(planId: string): void;
  /** The plan's status may be another one now. */
  onStatus?(planId: string): void;
}

interface Entry {
  plan: WatchedPlan;
  state: PlanWatch;
  watch: FolderWatch | undefined;
}

export class Watcher {
  readonly #watching: FolderWatching;
  readonly #clock: Clock;
  readonly #events: WatcherEvents;
  readonly #entries = new Map<string, Entry>();
  readonly #stopping = new AbortController();
  /** Ends the wait that is under way, so that the next moment is worked out anew. */
  #wake = new AbortController();
  #hasStarted = false;

  constructor(watching: FolderWatching, clock: Clock, events: WatcherEvents) {
    this.#watching = watching;
    this.#clock = clock;
    this.#events = events;
  }

  start(plans: readonly WatchedPlan[]): void {
    this.updatePlans(plans);
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    void this.#askInTime();
  }

  /** All plans there are now. A plan is watched anew only when its folders or exclusions are others. */
  updatePlans(plans: readonly WatchedPlan[]): void {
    if (this.#stopping.signal.aborted) return;
    for (const [id, entry] of this.#entries) {
      if (plans.some((plan) => plan.id === id)) continue;
      this.#entries.delete(id);
      void closeQuietly(entry.watch);
    }
    for (const plan of plans) {
      const entry = this.#entries.get(plan.id);
      if (entry === undefined) this.#add(plan);
      else this.#change(entry, plan);
    }
    this.#wakeUp();
  }

  /** What a run to that place is to look at. Of a plan that is not watched: everything. */
  takeHints(planId: string, placeId: string): TakenHints {
    const entry = this.#entries.get(planId);
    if (entry === undefined || entry.watch === undefined)
      return { planId, placeId, paths: [], wholeFolders: [], doubts: ['started'], since: undefined };
    const hints = entry.state.takeHints(placeId, this.#clock.monotonicMs());
    this.#events.onStatus?.(planId);
    return hints;
  }

  /** The run is complete and in its place: what is noticed from its start on is for the next one. */
  confirm(hints: TakenHints, outcome: RunOutcome): void {
    this.#ended(hints, (state, nowMs) => {
      state.confirm(hints, outcome, nowMs);
    });
  }

  /** The run failed or was cancelled: nothing of what it was told counts as saved. */
  giveBack(hints: TakenHints): void {
    this.#ended(hints, (state, nowMs) => {
      state.giveBack(hints, nowMs);
    });
  }

  /** Undefined: no such plan. */
  statusOf(planId: string): PlanWatchStatus | undefined {
    const entry = this.#entries.get(planId);
    if (entry === undefined) return undefined;
    const { state, watch } = entry;
    const nowMs = this.#clock.monotonicMs();
    return {
      kind: kindOf(state, watch),
      watchedFolders: state.watchedCount,
      unwatched: state.unwatched,
      doubts: watch === undefined ? ['started'] : state.doubts(),
      hasChanges: state.hasChanges,
      nextRun: watch === undefined ? { kind: 'never' } : state.whenToRun(nowMs),
      suggestion: state.suggestion(nowMs),
    };
  }

  /** The host knows that something may have been missed, such as that the machine slept. */
  doubt(reason: DoubtReason): void {
    for (const [id, { state, watch }] of this.#entries) {
      if (watch === undefined) continue;
      state.doubt(reason, this.#clock.monotonicMs());
      this.#events.onStatus?.(id);
    }
    this.#wakeUp();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await Promise.all([...this.#entries.values()].map(({ watch }) => closeQuietly(watch)));
    this.#entries.clear();
  }

  #add(plan: WatchedPlan): void {
    const state = new PlanWatch(plan.id, plan.folders, plan.placeIds);
    const entry: Entry = { plan, state, watch: undefined };
    this.#entries.set(plan.id, entry);
    if (plan.isWatching) this.#watch(entry);
  }

  #change(entry: Entry, plan: WatchedPlan): void {
    const before = entry.plan;
    entry.plan = plan;
    const isSame =
      JSON.stringify([before.folders, before.exclude, before.isWatching]) ===
      JSON.stringify([plan.folders, plan.exclude, plan.isWatching]);
    if (isSame) {
      entry.state.setPlaces(plan.placeIds);
      return;
    }
    void closeQuietly(entry.watch);
    entry.watch = undefined;
    entry.state = new PlanWatch(plan.id, plan.folders, plan.placeIds);
    if (plan.isWatching) this.#watch(entry);
    this.#events.onStatus?.(plan.id);
  }

  #watch(entry: Entry): void {
    const { plan, state } = entry;
    state.watchBegins(this.#clock.monotonicMs());
    entry.watch = this.#watching.watch({ folders: plan.folders, exclude: plan.exclude }, (news) => {
      if (entry.state !== state || this.#stopping.signal.aborted) return;
      const hadChanges = state.hasChanges;
      state.take(news, this.#clock.monotonicMs());
      if (!hadChanges && state.hasChanges) this.#wakeUp();
      if (hadChanges !== state.hasChanges || news.doubts.length > 0 || news.unwatched !== undefined)
        this.#events.onStatus?.(plan.id);
    });
  }

  #ended(hints: TakenHints, end: (state: PlanWatch, nowMs: number) => void): void {
    const entry = this.#entries.get(hints.planId);
    if (entry === undefined) return;
    end(entry.state, this.#clock.monotonicMs());
    this.#events.onStatus?.(hints.planId);
    this.#wakeUp();
  }

  /** One wait for all plans, cut short by whatever may bring a moment nearer. */
  async #askInTime(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // Before asking: who is asked may change something at once.
      this.#wake = new AbortController();
      const nextMs = this.#askWhereWanted();
      const [wallMs, nowMs] = [this.#clock.nowMs(), this.#clock.monotonicMs()];
      await this.#clock.sleep(Math.max(0, nextMs - nowMs), this.#wake.signal).catch(() => undefined);
      const sleptMs = this.#clock.nowMs() - wallMs - (this.#clock.monotonicMs() - nowMs);
      const lateMs = this.#clock.monotonicMs() - nextMs;
      if (sleptMs > SLEPT_MS || lateMs > SLEPT_MS) this.doubt('woke');
    }
  }

  /** @returns when to look again, at the latest */
  #askWhereWanted(): number {
    const nowMs = this.#clock.monotonicMs();
    let nextMs = nowMs + LOOK_MS;
    for (const [id, { state, watch }] of this.#entries) {
      if (watch === undefined) continue;
      let moment = state.whenToRun(nowMs);
      if (moment.kind === 'now') {
        state.wasAsked(nowMs);
        this.#events.onWanted(id);
        moment = state.whenToRun(nowMs);
      }
      if (moment.kind === 'later') nextMs = Math.min(nextMs, moment.atMs);
    }
    return nextMs;
  }

  #wakeUp(): void {
    this.#wake.abort();
  }
}

function kindOf(state: PlanWatch, watch: FolderWatch | undefined): PlanWatchStatus['kind'] {
  if (watch === undefined) return 'off';
  if (!state.isReady) return 'starting';
  return state.unwatched.length > 0 ? 'partly' : 'watching';
}

/** What fails while something is let go of concerns nobody any more. */
async function closeQuietly(watch: FolderWatch | undefined): Promise<void> {
  await watch?.close().catch(() => undefined);
}

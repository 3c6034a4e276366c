/**
 * What is known of the changes of one plan, for each of its places: what was touched since the run that saved to it last, and
 * what is in doubt. A run takes all of it; what is noticed meanwhile stays for the next one; what a failed run had taken comes
 * back. Decides nothing and starts nothing. Two clocks: `nowMs` here is the one that never goes backwards.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { DoubtReason } from '#contract/watch-codes.ts';
import type { UnwatchedFolder, WatchNews } from './folder-watching.ts';
import { StormMeter, type ExclusionSuggestion } from './storm-meter.ts';
import { TouchedSet } from './touched-set.ts';
import { whenToRun, type RunMoment } from './when-to-run.ts';

const HOUR_MS = 3_600_000;

/** In the terms of a backup's change hints. To be handed back, by `confirm` or `giveBack`, exactly once. */
export interface TakenHints {
  readonly planId: string;
  readonly placeId: string;
  readonly paths: readonly ByteString[];
  readonly wholeFolders: readonly ByteString[];
  /** Not empty: everything is to be looked at. */
  readonly doubts: readonly DoubtReason[];
  /** The snapshot that the place's last run left behind; undefined when nobody told. */
  readonly since: string | undefined;
}

/** What the run made of the hints. */
export interface RunOutcome {
  /** The snapshot made, or the parent when nothing had changed. */
  readonly snapshotId: string;
  /** What could not be read or changed while it was read: to be looked at again. */
  readonly unread: readonly ByteString[];
}

interface Pending {
  touched: TouchedSet;
  doubts: Set<DoubtReason>;
  since: string | undefined;
}

interface Taken extends Pending {
  readonly changes: ChangeSpan | undefined;
  readonly takenMs: number;
}

interface ChangeSpan {
  readonly firstMs: number;
  readonly lastMs: number;
}

export class PlanWatch {
  readonly #planId: string;
  readonly #roots: readonly ByteString[];
  readonly #places = new Map<string, Pending>();
  readonly #taken = new Map<TakenHints, Taken>();
  readonly #storm = new StormMeter();
  #changes: ChangeSpan | undefined;
  #runStartsMs: number[] = [];
  #lastRun: { endedMs: number; tookMs: number } | undefined;
  #askedMs: number | undefined;
  #unwatched: readonly UnwatchedFolder[] = [];
  #always: readonly ByteString[] = [];
  #isReady = false;
  #watchedCount = 0;

  constructor(planId: string, roots: readonly ByteString[], placeIds: readonly string[]) {
    this.#planId = planId;
    this.#roots = roots;
    this.setPlaces(placeIds);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get unwatched(): readonly UnwatchedFolder[] {
    return this.#unwatched;
  }

  get watchedCount(): number {
    return this.#watchedCount;
  }

  get hasChanges(): boolean {
    return this.#changes !== undefined;
  }

  /** A place that is new has seen nothing; of one that is gone nothing is kept. */
  setPlaces(placeIds: readonly string[]): void {
    for (const id of this.#places.keys()) if (!placeIds.includes(id)) this.#places.delete(id);
    for (const id of placeIds) {
      if (!this.#places.has(id))
        this.#places.set(id, { touched: new TouchedSet(), doubts: new Set(['started']), since: undefined });
    }
  }

  take(news: WatchNews, nowMs: number): void {
    this.#watchedCount = news.watchedCount;
    if (news.unwatched !== undefined) this.#unwatched = news.unwatched;
    if (news.always !== undefined) this.#always = news.always;
    if (news.isReady !== undefined) this.#isReady = news.isReady;
    for (const { touched } of this.#places.values()) {
      for (const path of news.whole) touched.addWhole(path);
      for (const path of news.touched) touched.add(path);
      for (const path of news.touchedBeside) touched.add(path);
    }
    for (const reason of news.doubts) this.doubt(reason, nowMs);
    for (const path of news.touched) this.#storm.count(folderOf(path), nowMs);
    if (news.touched.length + news.whole.length > 0) this.#changedAt(nowMs);
  }

  /** Everything is in doubt, for every place. */
  doubt(reason: DoubtReason, nowMs: number): void {
    for (const { doubts } of this.#places.values()) doubts.add(reason);
    this.#changedAt(nowMs);
  }

  /** A place that is not the plan's has seen nothing and gets a doubt. */
  takeHints(placeId: string, nowMs: number): TakenHints {
    const pending = this.#places.get(placeId) ?? {
      touched: new TouchedSet(),
      doubts: new Set<DoubtReason>(['started']),
      since: undefined,
    };
    const { touched, doubts, since } = pending;
    const reasons = new Set(doubts);
    if (touched.isEverything) reasons.add('tooManyChanges');
    if (!this.#isReady) reasons.add('started');
    const hints: TakenHints = {
      planId: this.#planId,
      placeId,
      paths: [...touched.paths(), ...this.#always],
      wholeFolders: [...touched.wholeFolders(), ...this.#unwatched.map(({ path }) => path)],
      doubts: [...reasons],
      since,
    };
    if (this.#taken.size === 0) {
      this.#runStartsMs = [...this.#runStartsMs.filter((startMs) => nowMs - startMs < HOUR_MS), nowMs];
    }
    this.#taken.set(hints, { touched, doubts: reasons, since, changes: this.#changes, takenMs: nowMs });
    this.#places.set(placeId, { touched: new TouchedSet(), doubts: new Set(), since });
    this.#changes = undefined;
    this.#askedMs = undefined;
    return hints;
  }

  /** The run saved what it was told. */
  confirm(hints: TakenHints, { snapshotId, unread }: RunOutcome, nowMs: number): void {
    if (this.#end(hints, nowMs) === undefined) return;
    const pending = this.#places.get(hints.placeId);
    if (pending === undefined) return;
    pending.since = snapshotId;
    for (const path of unread) pending.touched.add(path);
  }

  /** The run failed: what it was told is to be told again. It counts as a change of now, so that nobody asks at once. */
  giveBack(hints: TakenHints, nowMs: number): void {
    const taken = this.#end(hints, nowMs);
    if (taken === undefined) return;
    if (taken.changes !== undefined) this.#changedAt(nowMs);
    const pending = this.#places.get(hints.placeId);
    if (pending === undefined) return;
    pending.touched.addAll(taken.touched);
    for (const reason of taken.doubts) pending.doubts.add(reason);
  }

  /** The plan's folders are watched anew; what is known of places and runs stays. */
  watchBegins(nowMs: number): void {
    this.#isReady = false;
    this.#unwatched = [];
    this.#always = [];
    this.doubt('started', nowMs);
  }

  /** Not before changes are noticed: what a run began earlier has seen would be in doubt again. */
  whenToRun(nowMs: number): RunMoment {
    if (!this.#isReady) return { kind: 'never' };
    return whenToRun(
      {
        changes: this.#changes,
        runStartsMs: this.#runStartsMs,
        lastRun: this.#lastRun,
        isRunning: this.#taken.size > 0,
        askedMs: this.#askedMs,
      },
      nowMs,
    );
  }

  wasAsked(nowMs: number): void {
    this.#askedMs = nowMs;
  }

  /** Of all places together. */
  doubts(): DoubtReason[] {
    const all = new Set<DoubtReason>();
    for (const { doubts, touched } of this.#places.values()) {
      for (const reason of doubts) all.add(reason);
      if (touched.isEverything) all.add('tooManyChanges');
    }
    return [...all];
  }

  suggestion(nowMs: number): ExclusionSuggestion | undefined {
    return this.#storm.suggest(this.#roots, nowMs);
  }

  #changedAt(nowMs: number): void {
    this.#changes = { firstMs: this.#changes?.firstMs ?? nowMs, lastMs: nowMs };
  }

  #end(hints: TakenHints, nowMs: number): Taken | undefined {
    const taken = this.#taken.get(hints);
    if (taken === undefined) return undefined;
    this.#taken.delete(hints);
    this.#lastRun = { endedMs: nowMs, tookMs: nowMs - taken.takenMs };
    return taken;
  }
}

function folderOf(path: ByteString): ByteString {
  return (path.slice(0, path.lastIndexOf('/')) || '/') as ByteString;
}

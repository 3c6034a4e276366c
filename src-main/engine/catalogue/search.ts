/**
 * Finds paths by a part of their name over all time, a slice of the catalogue after the other, so that first results come at
 * once and others have their turn. Of what matches only the best are told; what was told before is not told again.
 */
import { setImmediate } from 'node:timers/promises';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { joinPath } from '#operations/find-in-snapshot.ts';
import { foldersAboveProtected } from './above-protected.ts';
import { extensionOf, kindOfName } from './file-kinds.ts';
import { foldName, foldText } from './fold-name.ts';
import type { NameWish } from './name-index.ts';
import { NO_NODE, type MatchingNode } from './nodes-table.ts';
import type { Series } from './points-table.ts';
import { Sieve } from './search-sieve.ts';
import { OPEN_FIRST, type Span } from './spans-table.ts';
import type { Tables } from './tables.ts';
import { refOf, type Ends, type Timeline } from './timeline.ts';
import type { SearchFilters, SearchResult, SearchSlice } from './types.ts';

const DEFAULT_LIMIT = 200;
/** Nodes gone through at a time: few at first, then as many as fit in the time. */
const FIRST_RANGE = 128;
const LARGEST_RANGE = 65_536;
/** Where what is left may lie close together, and each costs a look at its row. */
const LARGEST_SIEVED_RANGE = 8_192;
/** Then others have their turn. */
const SLICE_MS = 10;
/** First results are told at once, others together: each telling costs both sides more than a slice. */
const TELL_EVERY_MS = 60;
const RECENT_MS = 30 * 86_400_000;
/** Matches looked at. Who asks for a single letter wants no more: 50 000 take two seconds. */
const MOST_LOOKED_AT = 50_000;
const MOST_FOLDERS_KEPT = 100_000;
/** Digits of a depth in a rank. */
const DEPTH_DIGITS = 4;

export interface SearchRequest {
  /** Empty: whatever the filters leave. */
  readonly text: string;
  readonly filters?: SearchFilters;
  /** The best so many. */
  readonly limit?: number;
  /** Ends, cut, when so many match. */
  readonly mostNames?: number;
}

interface Stretch {
  readonly span: Span;
  readonly ends: Ends;
}

interface Place {
  readonly series: Series;
  readonly path: ByteString;
  readonly folded: readonly string[];
}

/** A path that the filters leave, with its versions. */
interface Match {
  readonly node: MatchingNode;
  readonly place: Place;
  readonly stretches: readonly Stretch[];
  readonly newest: Stretch;
}

/** @throws job.cancelled between slices */
export async function* searchNames(
  tables: Tables,
  timeline: Timeline,
  clock: Clock,
  request: SearchRequest,
  signal?: AbortSignal,
): AsyncGenerator<SearchSlice, void, undefined> {
  const search = new Search(tables, timeline, clock, request);
  let found: SearchResult[] = [];
  let hasTold = false;
  let toldMs = clock.monotonicMs();
  let restedMs = toldMs;
  const tell = (done: number): SearchSlice => {
    const results = found.sort((a, b) => (a.rank < b.rank ? -1 : 1));
    hasTold ||= results.length > 0;
    found = [];
    toldMs = clock.monotonicMs();
    return { results, matched: search.matched, isCut: search.isCut, done };
  };
  throwIfCancelled(signal);
  for (const { result, done } of search.look()) {
    if (result !== undefined) found.push(result);
    const nowMs = clock.monotonicMs();
    if (nowMs - restedMs < SLICE_MS) continue;
    if ((!hasTold && found.length > 0) || nowMs - toldMs >= TELL_EVERY_MS) yield tell(done);
    await setImmediate();
    throwIfCancelled(signal);
    restedMs = clock.monotonicMs();
  }
  yield tell(1);
}

class Search {
  matched = 0;
  readonly #mostNames: number;
  readonly #tables: Tables;
  readonly #timeline: Timeline;
  readonly #clock: Clock;
  readonly #recentFromMs: number;
  readonly #text: string;
  readonly #filters: SearchFilters;
  readonly #inFolders: readonly string[];
  readonly #limit: number;
  readonly #seriesByRoot: ReadonlyMap<number, Series>;
  readonly #places = new Map<number, Place | undefined>();
  /** Ranks of the best, ascending. */
  readonly #best: string[] = [];
  readonly #aboveProtected = new Map<number, ReadonlySet<ByteString>>();
  /** Folders above what is protected are told only where nothing else matches. */
  readonly #heldBack: Match[] = [];

  constructor(
    tables: Tables,
    timeline: Timeline,
    clock: Clock,
    { text, filters = {}, limit = DEFAULT_LIMIT, mostNames = MOST_LOOKED_AT }: SearchRequest,
  ) {
    this.#tables = tables;
    this.#timeline = timeline;
    this.#clock = clock;
    this.#recentFromMs = clock.nowMs() - RECENT_MS;
    this.#text = foldText(text.trim());
    this.#filters = filters;
    this.#inFolders = foldText(filters.in ?? '')
      .split('/')
      .filter((name) => name !== '');
    this.#limit = limit;
    this.#mostNames = mostNames;
    this.#seriesByRoot = new Map(timeline.listSeries().map(({ series }) => [series.root, series]));
  }

  get isCut(): boolean {
    return this.matched >= this.#mostNames;
  }

  /** A step is a match that was looked at, or a range without one. */
  *look(): Generator<{ readonly result: SearchResult | undefined; readonly done: number }, void, undefined> {
    const { nodes } = this.#tables;
    const { deleted, changed } = this.#filters;
    const state = deleted === true ? 'deleted' : changed === undefined ? 'any' : 'changed';
    const wish = this.#wish();
    const largest = wish.mayMatch === undefined ? LARGEST_RANGE : LARGEST_SIEVED_RANGE;
    const last = nodes.lastId;
    let size = FIRST_RANGE;
    for (let from = 1; from <= last;) {
      const to = Math.min(from + size - 1, last);
      const beganMs = this.#clock.monotonicMs();
      const matching = nodes.listMatching(from, to, this.#text, state, wish);
      const tookMs = this.#clock.monotonicMs() - beganMs;
      if (tookMs < SLICE_MS / 4) size = Math.min(size * 2, largest);
      else if (tookMs > SLICE_MS) size = Math.max(Math.floor(size / 2), FIRST_RANGE);
      for (const node of matching) {
        if (this.isCut) return;
        yield { result: this.#judge(node), done: from / last };
      }
      yield { result: undefined, done: to / last };
      from = to + 1;
    }
    if (this.matched > 0) return;
    for (const match of this.#heldBack) yield { result: this.#take(match), done: 1 };
  }

  /** What decides without a look at the row. */
  #wish(): NameWish {
    const { deleted, kind, largerBytes, changed, series, ext = '' } = this.#filters;
    const inFolder = this.#inFolders.at(-1);
    const asks = [changed, largerBytes, series, inFolder].some((one) => one !== undefined);
    const ending = ext === '' ? {} : { ending: Buffer.from(`.${foldText(ext)}`) };
    if (!asks && deleted !== true && kind !== 'folder') return ending;
    const sieve = new Sieve(this.#tables, this.#timeline, this.#filters, inFolder);
    return { ...ending, mayMatch: (id) => sieve.mayMatch(id) };
  }

  #judge(node: MatchingNode): SearchResult | undefined {
    if (node.parent === NO_NODE || !this.#isNameWanted(node)) return undefined;
    const place = this.#placeOf(node.parent);
    if (place === undefined || !this.#isPlaceWanted(place)) return undefined;
    const { series } = place;
    const stretches: Stretch[] = [];
    for (const span of this.#tables.spans.listOf(node.id)) {
      const ends = this.#timeline.ends(series.id, span);
      if (ends !== undefined) stretches.push({ span, ends });
    }
    const newest = stretches.at(-1);
    if (newest === undefined || !this.#areVersionsWanted(series, stretches, newest)) return undefined;
    const match = { node, place, stretches, newest };
    if (!this.#isAboveProtected(match)) return this.#take(match);
    this.#heldBack.push(match);
    return undefined;
  }

  #isAboveProtected({ node, place: { series, path }, newest }: Match): boolean {
    if (newest.span.kind !== 'folder') return false;
    let above = this.#aboveProtected.get(series.id);
    if (above === undefined) {
      above = foldersAboveProtected(this.#timeline.pointsOf(series.id).known);
      this.#aboveProtected.set(series.id, above);
    }
    return above.has(joinPath(path, node.name));
  }

  #take({ node, place, stretches, newest }: Match): SearchResult | undefined {
    const { series } = place;
    this.matched++;
    const rank = this.#rank(node, place, newest);
    if (!this.#takesPlace(rank)) return undefined;
    const path = joinPath(place.path, node.name);
    const { kind, sizeBytes, modifiedMs } = newest.span;
    return {
      series: series.key,
      path,
      label: toDisplay(path),
      kind,
      sizeBytes,
      modifiedMs,
      life: this.#lifeOf(stretches),
      versionCount: stretches.length,
      isDeleted: this.#deletedAt(newest) !== undefined,
      rank,
    };
  }

  #isNameWanted({ fold }: MatchingNode): boolean {
    const { ext, kind } = this.#filters;
    if (ext !== undefined && extensionOf(fold) !== foldText(ext)) return false;
    return kind === undefined || kind === 'folder' || kindOfName(fold) === kind;
  }

  /** One name: of any folder above. Several: these, one in the other, anywhere above. */
  #isPlaceWanted({ series, folded }: Place): boolean {
    if (this.#filters.series !== undefined && this.#filters.series !== series.key) return false;
    const wanted = this.#inFolders;
    if (wanted.length === 0) return true;
    return folded.some((_name, at) => wanted.every((name, i) => folded[at + i] === name));
  }

  #areVersionsWanted(series: Series, stretches: readonly Stretch[], newest: Stretch): boolean {
    const { kind, deleted, largerBytes, existed, changed } = this.#filters;
    if (kind !== undefined && (kind === 'folder') !== (newest.span.kind === 'folder')) return false;
    const deletedAt = this.#deletedAt(newest);
    if (deleted !== undefined && deleted !== (deletedAt !== undefined)) return false;
    if (largerBytes !== undefined && !stretches.some(({ span }) => span.sizeBytes > largerBytes))
      return false;
    if (existed !== undefined) {
      const { known } = this.#timeline.pointsOf(series.id);
      const wasThere = stretches.some(({ span }) =>
        known.some(
          ({ position, timeMs }) =>
            position >= span.first &&
            position <= span.last &&
            timeMs >= existed.fromMs &&
            timeMs < existed.toMs,
        ),
      );
      if (!wasThere) return false;
    }
    if (changed === undefined) return true;
    // What was there at the oldest known point did not change then.
    const begun = stretches.filter(({ span }) => span.first !== OPEN_FIRST);
    const times = begun.map(({ ends }) => ends.from.timeMs).concat(deletedAt ?? []);
    return times.some((timeMs) => timeMs >= changed.fromMs && timeMs < changed.toMs);
  }

  /** When it was first missed. */
  #deletedAt({ ends: { to } }: Stretch): number | undefined {
    return this.#timeline.neighbours(to.series, to.position).after?.timeMs;
  }

  /** Deleted recently, changed recently, the very name, not deep: in this order. */
  #rank({ fold }: MatchingNode, { folded }: Place, newest: Stretch): string {
    const deletedAt = this.#deletedAt(newest);
    const isDeletedRecently = deletedAt !== undefined && deletedAt >= this.#recentFromMs;
    const isChangedRecently = newest.ends.from.timeMs >= this.#recentFromMs;
    const signs = [isDeletedRecently, isChangedRecently, fold === this.#text].map((is) => (is ? '0' : '1'));
    return `${signs.join('')}${String(folded.length).padStart(DEPTH_DIGITS, '0')}${fold}`;
  }

  /** Whether it is among the best so far. */
  #takesPlace(rank: string): boolean {
    const best = this.#best;
    let low = 0;
    let high = best.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (best[middle]! <= rank) low = middle + 1;
      else high = middle;
    }
    if (low >= this.#limit) return false;
    best.splice(low, 0, rank);
    if (best.length > this.#limit) best.pop();
    return true;
  }

  #lifeOf(stretches: readonly Stretch[]): SearchResult['life'] {
    const life: { from: Ends['from']; to: Ends['to'] }[] = [];
    for (const { ends } of stretches) {
      const before = life.at(-1);
      const isNext =
        before !== undefined &&
        this.#timeline.neighbours(before.to.series, before.to.position).after?.position ===
          ends.from.position;
      if (isNext) before.to = ends.to;
      else life.push({ from: ends.from, to: ends.to });
    }
    return life.map(({ from, to }) => ({ from: refOf(from), to: refOf(to) }));
  }

  /** Of a folder; undefined for one whose point is just being read. */
  #placeOf(folder: number): Place | undefined {
    if (this.#places.has(folder)) return this.#places.get(folder);
    const series = this.#seriesByRoot.get(folder);
    let place: Place | undefined;
    if (series !== undefined) place = { series, path: '/' as ByteString, folded: [] };
    else {
      const { parent, name } = this.#tables.nodes.get(folder);
      const above = parent === NO_NODE ? undefined : this.#placeOf(parent);
      if (above !== undefined)
        place = {
          series: above.series,
          path: joinPath(above.path, name),
          folded: [...above.folded, foldName(name)],
        };
    }
    if (this.#places.size >= MOST_FOLDERS_KEPT) this.#places.clear();
    this.#places.set(folder, place);
    return place;
  }
}

/**
 * A folder at a point, by pages. While time moves at most one question is under way and the newest wins; the folder that
 * was in sight stays until the next is there. The first pages come by themselves, so that a folder of usual size can be
 * sorted; what follows when it is scrolled to.
 */
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../../text/show-name.ts';
import { LatestWins } from '../latest-wins.ts';
import type { Entry, OpenedFolder, PointRef } from '../wire-types.ts';

export interface FolderQuestion {
  readonly placeId: string;
  readonly snapshotId: string;
  readonly folder: WirePath;
  readonly deleted: 'none' | 'folded' | 'all';
}
export interface PageQuestion extends FolderQuestion {
  readonly after?: WirePath;
  readonly limit: number;
}
export type AskPage = (question: PageQuestion, signal: AbortSignal) => Promise<OpenedFolder>;

export type FolderState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'damaged' | 'waiting' | 'missing'; readonly of: FolderQuestion }
  | { readonly kind: 'deleted'; readonly of: FolderQuestion; readonly lastSeen: PointRef }
  | OpenFolder;
export interface OpenFolder {
  readonly kind: 'folder';
  readonly of: FolderQuestion;
  readonly entries: readonly Entry[];
  readonly next: WirePath | undefined;
  /** Ghosts that were left out; null: too many to count; undefined: none was. */
  readonly foldedCount: number | null | undefined;
}

const FIRST_PAGE = 1_000;
const PAGE = 5_000;
/** So many come without being scrolled to, and can then be sorted in any way. */
const MOST_BY_ITSELF = 10_000;
/** So many come where all of it is wanted at once. */
export const MOST_AT_ONCE = 100_000;

export class FolderSource {
  readonly #ask: AskPage;
  readonly #questions: LatestWins<PageQuestion, OpenedFolder>;
  readonly #listeners = new Set<() => void>();
  #wanted: FolderQuestion | undefined;
  /** Of which not all is here yet. */
  #growing: OpenFolder | undefined;
  #state: FolderState = { kind: 'asking' };
  /** The folder of which all is wanted, not only what is seen. */
  #allWantedOf: FolderQuestion | undefined;

  constructor(ask: AskPage) {
    this.#ask = ask;
    this.#questions = new LatestWins(
      (question, signal) => this.#ask(question, signal),
      (question, result) => this.#came(question, result),
    );
  }

  readonly get = (): FolderState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  want(question: FolderQuestion): void {
    const before = this.#wanted;
    const isOtherFolder =
      before === undefined ||
      before.placeId !== question.placeId ||
      nameKey(before.folder) !== nameKey(question.folder);
    this.#wanted = question;
    if (this.#allWantedOf !== undefined && !isSame(question, this.#allWantedOf))
      this.#allWantedOf = undefined;
    if (isOtherFolder) this.#questions.stop();
    if (isOtherFolder || this.#state.kind === 'refused') this.#set({ kind: 'asking' });
    this.#questions.ask({ ...question, limit: FIRST_PAGE });
  }

  /** What follows, when it is scrolled to. */
  more(): void {
    const state = this.#state;
    if (state.kind !== 'folder' || state.next === undefined || this.#questions.isBusy()) return;
    this.#askMore(state, state.next);
  }

  /** All that follows, up to `MOST_AT_ONCE`, told when it is there. */
  loadAll(): void {
    const state = this.#state;
    if (state.kind !== 'folder' || state.next === undefined) return;
    this.#allWantedOf = state.of;
    if (!this.#questions.isBusy()) this.#askMore(state, state.next);
  }

  /** The first page has said whether the deleted are left out: to find that out again is a look at every entry. */
  #askMore({ of, foldedCount }: OpenFolder, after: WirePath): void {
    const deleted = of.deleted !== 'folded' ? of.deleted : foldedCount === undefined ? 'all' : 'none';
    this.#questions.ask({ ...of, deleted, after, limit: PAGE });
  }

  stop(): void {
    this.#questions.stop();
    this.#wanted = undefined;
  }

  #came(
    { limit: _limit, after, ...of }: PageQuestion,
    result: { answer: OpenedFolder } | { error: unknown },
  ): void {
    if ('error' in result) {
      if (after === undefined) this.#set({ kind: 'refused', error: result.error });
      return;
    }
    const { answer } = result;
    if (answer.kind === 'deleted') this.#set({ kind: 'deleted', of, lastSeen: answer.lastSeen });
    else if (answer.kind !== 'folder') this.#set({ kind: answer.kind, of });
    else this.#grow(of, after, answer);
  }

  /**
   * A folder that can be sorted is shown when all of it is here, if it was in sight as a whole before: at each moment that
   * time passes, its rows would else stand in another order first.
   */
  #grow(
    of: FolderQuestion,
    after: WirePath | undefined,
    { entries, next, deleted }: Extract<OpenedFolder, { kind: 'folder' }>,
  ): void {
    const before = this.#growing;
    const foldedCount = deleted?.areFolded === true ? (deleted.count ?? null) : undefined;
    const grown: OpenFolder =
      after === undefined || before === undefined
        ? { kind: 'folder', of, entries, next, foldedCount }
        : { ...before, entries: [...before.entries, ...entries], next };
    this.#growing = grown;
    const seen = this.#state;
    const wasWhole = seen.kind === 'folder' && seen.next === undefined;
    const areAllWanted = this.#allWantedOf !== undefined && isSame(grown.of, this.#allWantedOf);
    const most = areAllWanted ? MOST_AT_ONCE : MOST_BY_ITSELF;
    const comesByItself = next !== undefined && grown.entries.length < most;
    if (!comesByItself || (!wasWhole && !areAllWanted)) this.#set(grown);
    if (comesByItself && isSame(grown.of, this.#wanted)) this.#askMore(grown, next);
  }

  #set(state: FolderState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function isSame(one: FolderQuestion, other: FolderQuestion | undefined): boolean {
  return (
    one.snapshotId === other?.snapshotId &&
    one.deleted === other.deleted &&
    nameKey(one.folder) === nameKey(other.folder)
  );
}

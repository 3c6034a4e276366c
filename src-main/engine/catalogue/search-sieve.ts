/**
 * Which paths a search need not look at, whatever their names: by what is known of each path in memory. So a filter that
 * leaves little of a frequent text costs what it leaves. Lets more through than matches, never less; who searches looks
 * closely at what is left.
 */
import { NO_NODE } from './nodes-table.ts';
import { ANY_POSITION, type WantedTraits } from './path-facts.ts';
import type { Tables } from './tables.ts';
import type { SeriesPoints, Timeline } from './timeline.ts';
import type { SearchFilters } from './types.ts';

const MOST_FOLDERS_KEPT = 100_000;

interface FolderVerdict {
  /** Of a path in it, or below: the least of its latest positions. Infinity: none is wanted. */
  readonly fromPosition: number;
  /** It, or one above, has the name. */
  readonly isWithin: boolean;
}

export class Sieve {
  readonly #tables: Tables;
  readonly #traits: WantedTraits;
  readonly #needsFolders: boolean;
  /** By root; of series that are not wanted Infinity. */
  readonly #fromPositions: ReadonlyMap<number, number>;
  /** Undefined: any. */
  readonly #isNamed: ((folder: number) => boolean) | undefined;
  readonly #folders = new Map<number, FolderVerdict>();

  /** @param inFolder folded; undefined: any */
  constructor(
    tables: Tables,
    timeline: Timeline,
    { deleted, kind, largerBytes, changed, series }: SearchFilters,
    inFolder: string | undefined,
  ) {
    this.#tables = tables;
    this.#traits = { isGone: deleted === true, isFolder: kind === 'folder', largerBytes };
    this.#needsFolders = changed !== undefined || series !== undefined || inFolder !== undefined;
    this.#fromPositions = new Map(
      timeline.listSeries().map((own) => {
        const isWanted = series === undefined || series === own.series.key;
        return [own.series.root, isWanted ? positionBefore(own, changed?.fromMs) : Infinity];
      }),
    );
    this.#isNamed = inFolder === undefined ? undefined : tables.nodes.names.whoseNameIs(inFolder);
  }

  mayMatch(id: number): boolean {
    const { facts } = this.#tables;
    if (!facts.canBe(id, this.#traits)) return false;
    if (!this.#needsFolders) return true;
    const folder = facts.folderOf(id);
    if (folder === undefined) return true;
    if (folder === NO_NODE) return false;
    const { fromPosition, isWithin } = this.#judge(folder);
    return isWithin && facts.latestOf(id) >= fromPosition;
  }

  #judge(folder: number): FolderVerdict {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const above = this.#tables.facts.folderOf(folder);
    let verdict: FolderVerdict;
    if (above === undefined) verdict = { fromPosition: 0, isWithin: true };
    else if (above === NO_NODE)
      verdict = {
        fromPosition: this.#fromPositions.get(folder) ?? Infinity,
        isWithin: this.#isNamed === undefined,
      };
    else {
      const { fromPosition, isWithin } = this.#judge(above);
      verdict = { fromPosition, isWithin: isWithin || this.#isNamed?.(folder) === true };
    }
    if (this.#folders.size >= MOST_FOLDERS_KEPT) this.#folders.clear();
    this.#folders.set(folder, verdict);
    return verdict;
  }
}

/** A change at that time, or later, is a beginning after this position, or an end at it or after. */
function positionBefore({ known }: SeriesPoints, fromMs: number | undefined): number {
  if (fromMs === undefined) return 0;
  const at = known.findIndex(({ timeMs }) => timeMs >= fromMs);
  // What is being read meanwhile can be as late as anything.
  return at < 0 ? ANY_POSITION : (known[at - 1]?.position ?? 0);
}

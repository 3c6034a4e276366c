/** The points in memory: which there are, which are known, who stands before and after whom. Follows the tables by `put`, `drop` and `reload`. */
import { TidemarkError } from '#base/errors.ts';
import type { PointRow, PointsTable, Series } from './points-table.ts';
import type { Span } from './spans-table.ts';
import type { PointRef } from './types.ts';

/** Rows are oldest first. */
export interface SeriesPoints {
  readonly series: Series;
  rows: PointRow[];
  known: PointRow[];
}

export interface Ends {
  readonly from: PointRow;
  readonly to: PointRow;
}

export class Timeline {
  readonly #table: PointsTable;
  readonly #bySeries = new Map<number, SeriesPoints>();
  readonly #bySnapshot = new Map<string, PointRow>();

  constructor(table: PointsTable) {
    this.#table = table;
    this.reload();
  }

  reload(): void {
    this.#bySeries.clear();
    this.#bySnapshot.clear();
    const rows = Map.groupBy(this.#table.list(), ({ series }) => series);
    for (const series of this.#table.listSeries()) {
      const own = rows.get(series.id) ?? [];
      this.#bySeries.set(series.id, { series, rows: own, known: own.filter(({ isKnown }) => isKnown) });
      for (const row of own) this.#bySnapshot.set(row.snapshotId, row);
    }
  }

  /** A row that is in the table already, changed there. */
  put(row: PointRow): void {
    const own = this.pointsOf(row.series);
    own.rows = own.rows.map((one) => (one.position === row.position ? row : one));
    own.known = own.rows.filter(({ isKnown }) => isKnown);
    this.#bySnapshot.set(row.snapshotId, row);
  }

  /** A row that is in the table no more. */
  drop({ series, position, snapshotId }: PointRow): void {
    const own = this.pointsOf(series);
    own.rows = own.rows.filter((one) => one.position !== position);
    own.known = own.known.filter((one) => one.position !== position);
    if (own.rows.length === 0) this.#bySeries.delete(series);
    this.#bySnapshot.delete(snapshotId);
  }

  listSeries(): SeriesPoints[] {
    return [...this.#bySeries.values()];
  }

  findSeries(key: string): SeriesPoints | undefined {
    return this.listSeries().find(({ series }) => series.key === key);
  }

  pointsOf(series: number): SeriesPoints {
    return this.#bySeries.get(series)!;
  }

  /** @throws repository.objectNotFound */
  get(snapshotId: string): PointRow {
    const row = this.#bySnapshot.get(snapshotId);
    if (row !== undefined) return row;
    throw new TidemarkError('repository.objectNotFound', { id: snapshotId, kind: 'snapshot' });
  }

  /** The known points next to a position. */
  neighbours(
    series: number,
    position: number,
  ): { readonly before: PointRow | undefined; readonly after: PointRow | undefined } {
    const { known } = this.pointsOf(series);
    const at = lowerBound(known, position);
    return { before: known[at - 1], after: known[known[at]?.position === position ? at + 1 : at] };
  }

  /** Known points that a span covers first and last; undefined when it covers none: then its point is just being read. */
  ends(series: number, { first, last }: Pick<Span, 'first' | 'last'>): Ends | undefined {
    const { known } = this.pointsOf(series);
    const from = lowerBound(known, first);
    const to = lowerBound(known, last + 1) - 1;
    return from > to ? undefined : { from: known[from]!, to: known[to]! };
  }
}

/** Index of the first at the position or after. */
export function lowerBound(rows: readonly PointRow[], position: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function refOf({ snapshotId, time, timeMs }: PointRow): PointRef {
  return { snapshotId, time, timeMs };
}

/**
 * Brings the tables to what the repository's snapshots are: points that are gone are taken out, those written anew are renamed, new
 * ones are read, newest first. Each point is a transaction of its own, so that stopping at any moment loses one at most.
 */
import type { ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { CatalogueSource } from './catalogue-source.ts';
import { keyOfId } from './entry-state.ts';
import { insertPoint } from './insert-point.ts';
import { NO_NODE } from './nodes-table.ts';
import { inOrder, placePoints, planUpdate } from './plan-update.ts';
import { factsOf, timeMsOf, type PointRow } from './points-table.ts';
import type { PointPlace } from './point-walk.ts';
import { removePoint } from './remove-point.ts';
import type { Tables } from './tables.ts';
import type { SeriesPoints, Timeline } from './timeline.ts';
import type { UpdateProgress, UpdateResult } from './types.ts';

/** Of a folder with nothing in it, as restic and we write it: the same for all. SHA-256 of `{"nodes":[]}` and a newline. */
export const EMPTY_FOLDER_KEY = keyOfId('ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8');

export interface UpdateOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: UpdateProgress) => void) | undefined;
  /** Points with folders that could not be read are read once more: after a repair. */
  readonly readDamagedAgain?: boolean;
  /** Something in the tables is different now. */
  readonly onChanged?: (() => void) | undefined;
  /** After every point that was read or removed; no transaction is open. */
  readonly onPoint?: (() => Promise<void>) | undefined;
}

/** @throws job.cancelled, errors that concern the whole place; what was done until then stays */
export async function updateCatalogue(
  tables: Tables,
  timeline: Timeline,
  source: CatalogueSource,
  options: UpdateOptions,
): Promise<UpdateResult> {
  return new Update(tables, timeline, source, options).run();
}

class Update {
  readonly #tables: Tables;
  readonly #timeline: Timeline;
  readonly #source: CatalogueSource;
  readonly #options: UpdateOptions;
  #removed = 0;

  constructor(tables: Tables, timeline: Timeline, source: CatalogueSource, options: UpdateOptions) {
    this.#tables = tables;
    this.#timeline = timeline;
    this.#source = source;
    this.#options = options;
  }

  async run(): Promise<UpdateResult> {
    const { signal, readDamagedAgain } = this.#options;
    const { snapshots, damagedIds, unreadyIds } = await this.#source.loadSnapshots(signal);
    const plan = planUpdate(this.#timeline.listSeries(), snapshots, (id) => damagedIds.has(id));
    this.#tables.database.inTransaction(() => {
      for (const { id, key } of plan.renamedSeries) this.#tables.points.setSeriesKey(id, key);
      for (const { row, stored } of plan.rewritten) this.#tables.points.put({ ...row, ...describe(stored) });
      const rewritten = new Set(plan.rewritten.map(({ row }) => row.snapshotId));
      const isMarked = this.#markDamagedFiles(damagedIds, rewritten);
      if (isMarked || plan.renamedSeries.length + plan.rewritten.length > 0) this.#options.onChanged?.();
    });
    this.#timeline.reload();
    for (const [pointsDone, row] of plan.gone.entries()) {
      this.#tell(pointsDone, plan.gone.length);
      await this.#takeOut(row, 'forget');
    }
    if (plan.gone.length > 0) this.#tell(plan.gone.length, plan.gone.length);
    if (readDamagedAgain === true) await this.#forgetDamaged();
    await this.#addRows(plan.added);
    const pointsRead = await this.#readWaiting(unreadyIds);
    return { pointsRead, pointsRemoved: this.#removed, damagedPoints: this.#damaged().length };
  }

  #markDamagedFiles(damagedIds: ReadonlySet<string>, rewritten: ReadonlySet<string>): boolean {
    let isAny = false;
    for (const { rows } of this.#timeline.listSeries()) {
      for (const row of rows) {
        const isFileDamaged = damagedIds.has(row.snapshotId);
        if (isFileDamaged === row.isFileDamaged || rewritten.has(row.snapshotId)) continue;
        this.#tables.points.put({ ...row, isFileDamaged });
        isAny = true;
      }
    }
    return isAny;
  }

  #damaged(): PointRow[] {
    return this.#timeline
      .listSeries()
      .flatMap(({ known }) => known)
      .filter(({ series, position }) => this.#tables.points.listUnreadAt(series, position).length > 0);
  }

  /** All before any is read again: a neighbour with the same tree would pass its marks on. */
  async #forgetDamaged(): Promise<void> {
    for (const row of this.#damaged()) await this.#takeOut(row, 'wait');
  }

  async #takeOut(row: PointRow, then: 'forget' | 'wait'): Promise<void> {
    const { database, points, nodes, spans } = this.#tables;
    const { signal } = this.#options;
    const place = this.#placeOf(row);
    await database.inLongTransaction(async () => {
      if (row.isKnown) await removePoint(this.#tables, place, { signal, emptyFolder: EMPTY_FOLDER_KEY });
      if (then === 'wait') points.put({ ...row, isKnown: false });
      else points.remove(row.series, row.position);
      if (then === 'wait' || this.#timeline.pointsOf(row.series).rows.length > 1) return;
      points.removeSeries(row.series);
      for (const { first } of spans.listOf(place.series.root)) spans.remove(place.series.root, first);
      nodes.remove(place.series.root);
    });
    if (then === 'forget') {
      this.#removed++;
      this.#timeline.drop(row);
    } else this.#timeline.put({ ...row, isKnown: false });
    this.#options.onChanged?.();
    await this.#options.onPoint?.();
  }

  #placeOf(row: PointRow): PointPlace {
    const { before, after } = this.#timeline.neighbours(row.series, row.position);
    const { series } = this.#timeline.pointsOf(row.series);
    return { series, position: row.position, before: before?.position, after: after?.position };
  }

  async #addRows(added: ReadonlyMap<string, readonly StoredSnapshot[]>): Promise<void> {
    for (const [key, snapshots] of added) {
      const own = this.#timeline.findSeries(key);
      const positions = placePoints(own?.rows ?? [], snapshots);
      if (positions === undefined) await this.#beginAnew(own!, snapshots);
      else this.#putRows(key, snapshots, positions);
      this.#timeline.reload();
      this.#options.onChanged?.();
    }
  }

  #putRows(key: string, snapshots: readonly StoredSnapshot[], positions: readonly number[]): void {
    const { database, points } = this.#tables;
    database.inTransaction(() => {
      const { id: series } = this.#timeline.findSeries(key)?.series ?? this.#addSeries(key);
      for (const [i, stored] of snapshots.entries())
        points.put({
          series,
          position: positions[i]!,
          isKnown: false,
          isFileDamaged: false,
          ...describe(stored),
        });
    });
  }

  #addSeries(key: string): { readonly id: number } {
    const { points, nodes } = this.#tables;
    const root = nodes.lastId + 1;
    const series = points.addSeries(key, root);
    nodes.add(root, NO_NODE, String(series.id) as ByteString);
    return series;
  }

  /** So many points came in between others that positions have run out. */
  async #beginAnew({ series, rows }: SeriesPoints, added: readonly StoredSnapshot[]): Promise<void> {
    for (const row of rows) await this.#takeOut(row, 'forget');
    this.#removed -= rows.length;
    const { snapshots } = await this.#source.loadSnapshots(this.#options.signal);
    const ids = new Set<string>([...rows.map(({ snapshotId }) => snapshotId), ...added.map(({ id }) => id)]);
    const all = inOrder(snapshots.filter(({ id }) => ids.has(id)));
    this.#putRows(series.key, all, placePoints([], all)!);
  }

  async #readWaiting(unreadyIds: ReadonlySet<string>): Promise<number> {
    const waiting = this.#timeline
      .listSeries()
      .flatMap(({ rows }) => rows)
      .filter(({ isKnown, snapshotId }) => !isKnown && !unreadyIds.has(snapshotId))
      .toSorted((a, b) => b.timeMs - a.timeMs || b.position - a.position);
    for (const [pointsDone, row] of waiting.entries()) {
      await this.#read(row, (folders) =>
        this.#options.onProgress?.({ pointsDone, pointsTotal: waiting.length, folders }),
      );
      await this.#options.onPoint?.();
    }
    if (waiting.length > 0) this.#tell(waiting.length, waiting.length);
    return waiting.length;
  }

  /** Of taking out, then of reading. */
  #tell(pointsDone: number, pointsTotal: number): void {
    this.#options.onProgress?.({ pointsDone, pointsTotal, folders: 0 });
  }

  async #read(row: PointRow, onProgress: (folders: number) => void): Promise<void> {
    const { signal } = this.#options;
    throwIfCancelled(signal);
    const { loadTree, primitives } = this.#source;
    const known = { ...row, isKnown: true };
    await this.#tables.database.inLongTransaction(async () => {
      await insertPoint(this.#tables, this.#placeOf(row), {
        tree: row.tree as BlobId | null,
        loadTree,
        primitives,
        emptyFolder: EMPTY_FOLDER_KEY,
        signal,
        onProgress,
      });
      this.#tables.points.put(known);
    });
    this.#timeline.put(known);
    this.#options.onChanged?.();
  }
}

function describe({
  id,
  snapshot,
}: StoredSnapshot): Pick<PointRow, 'snapshotId' | 'tree' | 'time' | 'timeMs' | 'facts'> {
  const { tree, time } = snapshot;
  return { snapshotId: id, tree, time, timeMs: timeMsOf(time), facts: factsOf(snapshot) };
}

/**
 * The catalogue of a repository: every path and every distinct version, in memory and in a local file, so that looking around
 * needs no network. Never needed for a restore. Follows the repository by `update`; may be asked at any time, also while that
 * runs, and then tells of the points that are known so far. Answers are plain values (types.ts). For one process at a time.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import type { RememberedSnapshot } from '#operations/remake-snapshots.ts';
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { CatalogueSource } from './catalogue-source.ts';
import { CatalogueFile, type CatalogueDisk } from './catalogue-file.ts';
import { changesOverTime, nextChange, topFolders } from './changes-over-time.ts';
import { Difference, type DifferenceOptions } from './difference.ts';
import { outlookOfErasing, type EraseOutlook } from './erase-outlook.ts';
import { folderSizes } from './folder-sizes.ts';
import { findNode } from './find-path.ts';
import { listVersions, type ListVersionsOptions, type VersionList } from './list-versions.ts';
import { openFolder, type OpenFolderOptions } from './open-folder.ts';
import type { PointRow } from './points-table.ts';
import { searchNames, type SearchRequest } from './search.ts';
import type { Tables } from './tables.ts';
import { Timeline, type SeriesPoints } from './timeline.ts';
import type {
  DifferencePage,
  EntryFacts,
  FolderHeat,
  FolderSize,
  HeatBucket,
  NextChange,
  OpenedFolder,
  Point,
  SearchSlice,
  UpdateResult,
} from './types.ts';
import { EMPTY_FOLDER_KEY, updateCatalogue, type UpdateOptions } from './update-catalogue.ts';

/** While a long update runs, it is saved this often, or more rarely where saving takes more than a twentieth of it. */
const SAVE_EVERY_MS = 30_000;
const SAVING_SHARE = 1 / 20;

export interface OpenCatalogueOptions {
  readonly repositoryId: string;
  readonly disk: CatalogueDisk;
  readonly clock: Clock;
  /** What was found was not used, or saving failed: nothing is lost but time. For the log. */
  readonly onTrouble?: (reason: string) => void;
}

export class Catalogue {
  readonly #options: OpenCatalogueOptions;
  readonly #file: CatalogueFile;
  readonly #tables: Tables;
  readonly #timeline: Timeline;
  /** By series, of a newest point. */
  readonly #sizes = new Map<string, { readonly newest: string; readonly sizes: readonly FolderSize[] }>();
  #updating: Promise<unknown> = Promise.resolve();
  /** Time that went into what is not saved; undefined: all is saved. */
  #unsavedMs: number | undefined;
  /** How long the last save took. */
  #savingMs = 0;
  #difference: { readonly key: string; readonly found: Promise<Difference> } | undefined;

  private constructor(options: OpenCatalogueOptions, file: CatalogueFile, tables: Tables) {
    this.#options = options;
    this.#file = file;
    this.#tables = tables;
    this.#timeline = new Timeline(tables.points);
  }

  /** Never fails because of what lies on the disk: then it is empty, and `update` fills it. */
  static async open(options: OpenCatalogueOptions): Promise<Catalogue> {
    const file = new CatalogueFile(options.disk, options.repositoryId);
    return new Catalogue(options, file, await file.open((reason) => options.onTrouble?.(reason)));
  }

  /** For "forget this place". @throws storage.* */
  static remove(disk: CatalogueDisk, repositoryId: string): Promise<void> {
    return new CatalogueFile(disk, repositoryId).remove();
  }

  /**
   * Follows the repository's snapshots; one update at a time, a second waits. Saved where it would take longer to read again
   * what is not saved, so that a large one is not written for every small change.
   * @throws job.cancelled, errors that concern the whole place; the points read until then stay, the next update goes on
   */
  update(
    source: CatalogueSource,
    options: Omit<UpdateOptions, 'onPoint' | 'onChanged'> = {},
  ): Promise<UpdateResult> {
    const running = this.#updating.then(() => this.#update(source, options));
    this.#updating = running.catch(() => undefined);
    return running;
  }

  async #update(source: CatalogueSource, options: UpdateOptions): Promise<UpdateResult> {
    if (source.repositoryId !== this.#options.repositoryId)
      throw new TidemarkError('internal.invariantBroken', {
        what: 'a catalogue is to follow another repository',
      });
    const { clock } = this.#options;
    let sinceMs = clock.monotonicMs();
    const onChanged = (): void => {
      const nowMs = clock.monotonicMs();
      this.#unsavedMs = (this.#unsavedMs ?? 0) + nowMs - sinceMs;
      sinceMs = nowMs;
      this.#difference = undefined;
    };
    const onPoint = async (): Promise<void> => {
      if ((this.#unsavedMs ?? 0) < Math.max(SAVE_EVERY_MS, this.#savingMs / SAVING_SHARE)) return;
      await this.#save();
      sinceMs = clock.monotonicMs();
    };
    try {
      return await updateCatalogue(this.#tables, this.#timeline, source, { ...options, onChanged, onPoint });
    } finally {
      if (this.#unsavedMs !== undefined && this.#unsavedMs >= this.#savingMs) await this.#save();
    }
  }

  /** A failure is told to `onTrouble` only: what is not saved is read again next time. */
  async #save(): Promise<void> {
    const { clock, onTrouble } = this.#options;
    const beganMs = clock.monotonicMs();
    try {
      await this.#file.save(this.#tables, clock.nowMs());
      this.#unsavedMs = undefined;
    } catch (error) {
      onTrouble?.(isTidemarkError(error) ? error.message : String(error));
    }
    this.#savingMs = clock.monotonicMs() - beganMs;
  }

  /** Saves what is not saved yet; waits for an update to end, so cancel it before. */
  async close(): Promise<void> {
    await this.#updating;
    if (this.#unsavedMs !== undefined) await this.#save();
    this.#tables.nodes.names.close();
    this.#tables.facts.close();
    this.#tables.database.close();
  }

  /** Oldest first within each series. */
  points(series?: string): Point[] {
    return this.#timeline
      .listSeries()
      .filter((own) => series === undefined || own.series.key === series)
      .flatMap((own) => own.rows.map((row) => this.#describe(own, row)));
  }

  /** What is remembered of snapshots, to describe them anew; of the others nothing is known. */
  remember(ids: readonly SnapshotId[]): RememberedSnapshot[] {
    const rows = this.#timeline.listSeries().flatMap((own) => own.rows);
    return rows.flatMap(({ snapshotId, tree, time, facts }) =>
      tree !== null && ids.includes(snapshotId)
        ? [{ id: snapshotId, tree: tree as BlobId, time, ...facts }]
        : [],
    );
  }

  /** @throws repository.objectNotFound */
  point(snapshotId: string): Point {
    const row = this.#timeline.get(snapshotId);
    return this.#describe(this.#timeline.pointsOf(row.series), row);
  }

  #describe({ series }: SeriesPoints, row: PointRow): Point {
    const { snapshotId, time, timeMs, isKnown, isFileDamaged, facts } = row;
    const isPartly = isKnown && this.#tables.points.listUnreadAt(row.series, row.position).length > 0;
    const state = !isKnown ? 'waiting' : isPartly ? 'partly' : 'known';
    return { snapshotId, time, timeMs, series: series.key, state, isFileDamaged, ...facts };
  }

  /** @throws repository.objectNotFound for a point that is not there (any more); so all that take one */
  openFolder(snapshotId: string, path: ByteString, options: OpenFolderOptions = {}): OpenedFolder {
    return openFolder(this.#tables, this.#timeline, this.#timeline.get(snapshotId), path, options);
  }

  /** Undefined: it is not there at that point, or nobody knows. @throws repository.objectNotFound */
  entryAt(snapshotId: string, path: ByteString): EntryFacts | undefined {
    const row = this.#timeline.get(snapshotId);
    const node = findNode(this.#tables, this.#timeline.pointsOf(row.series).series, path);
    return row.isKnown && node !== undefined ? this.#tables.spans.findAt(node, row.position) : undefined;
  }

  /** @throws repository.objectNotFound for a series that is not there; so all that take one */
  listVersions(series: string, path: ByteString, options: ListVersionsOptions = {}): VersionList {
    return listVersions(this.#tables, this.#timeline, this.#seriesOf(series), path, options);
  }

  /** @param edges ascending, milliseconds since 1970: one bucket from each up to the next */
  changesOverTime(series: string, folder: ByteString, edges: readonly number[]): HeatBucket[] {
    return changesOverTime(this.#tables, this.#seriesOf(series), folder, edges);
  }

  topFolders(
    series: string,
    folder: ByteString,
    range: { readonly fromMs: number; readonly toMs: number; readonly most?: number },
  ): FolderHeat[] {
    return topFolders(this.#tables, this.#seriesOf(series), folder, range);
  }

  nextChange(snapshotId: string, path: ByteString, direction: 'older' | 'newer'): NextChange | undefined {
    return nextChange(this.#tables, this.#timeline, path, this.#timeline.get(snapshotId), direction);
  }

  /** Of the newest known point of every series; found once for each. @throws job.cancelled */
  async folderSizes(signal?: AbortSignal): Promise<(FolderSize & { readonly series: string })[]> {
    const sizes: (FolderSize & { readonly series: string })[] = [];
    for (const own of this.#timeline.listSeries()) {
      const { key } = own.series;
      const newest = own.known.at(-1)?.snapshotId ?? '';
      let told = this.#sizes.get(key);
      if (told?.newest !== newest) {
        told = { newest, sizes: await folderSizes(this.#tables, own, signal) };
        this.#sizes.set(key, told);
      }
      sizes.push(...told.sizes.map((size) => ({ series: key, ...size })));
    }
    return sizes.toSorted((a, b) => b.bytes - a.bytes);
  }

  /** @throws files.pathNotInSnapshot for a path that was never there, job.cancelled */
  outlookOfErasing(
    series: string,
    paths: readonly ByteString[],
    signal?: AbortSignal,
  ): Promise<EraseOutlook> {
    return outlookOfErasing(this.#tables, this.#seriesOf(series), paths, signal);
  }

  /** Makes searches fast, with pauses: for when somebody begins to look, and again after an update. Never rejects. */
  async prepareSearch(): Promise<void> {
    const { nodes, facts } = this.#tables;
    try {
      await nodes.names.prepare(nodes.lastId, this.#options.clock);
      await facts.prepare(nodes.lastId, this.#options.clock);
    } catch (error) {
      this.#options.onTrouble?.(String(error));
    }
  }

  /** @throws job.cancelled */
  search(request: SearchRequest, signal?: AbortSignal): AsyncGenerator<SearchSlice, void, undefined> {
    return searchNames(this.#tables, this.#timeline, this.#options.clock, request, signal);
  }

  /** The whole is found once, then told page by page. @throws request.invalidInput for points of two series; job.cancelled */
  async difference(
    beforeId: string,
    afterId: string,
    folder: ByteString,
    options: DifferenceOptions & { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<DifferencePage> {
    const before = this.#timeline.get(beforeId);
    const after = this.#timeline.get(afterId);
    for (const row of [before, after]) this.#refuseToCompare(row, before);
    const key = `${beforeId} ${afterId}`;
    if (this.#difference?.key !== key)
      this.#difference = { key, found: this.#find(before, after, options.signal) };
    const { found } = this.#difference;
    try {
      return (await found).page(folder, options);
    } catch (error) {
      if (this.#difference?.found === found) this.#difference = undefined;
      throw error;
    }
  }

  #find(before: PointRow, after: PointRow, signal: AbortSignal | undefined): Promise<Difference> {
    const { series } = this.#timeline.pointsOf(before.series);
    return Difference.find(this.#tables, series, { before, after }, EMPTY_FOLDER_KEY, signal);
  }

  #refuseToCompare({ series, isKnown }: PointRow, other: PointRow): void {
    if (series === other.series && isKnown) return;
    const reason = isKnown ? 'they are of different folders or computers' : 'one of them is still being read';
    throw new TidemarkError(
      'request.invalidInput',
      { what: 'two versions cannot be compared', reason },
      { retry: 'afterUser' },
    );
  }

  #seriesOf(key: string): SeriesPoints {
    const found = this.#timeline.findSeries(key);
    if (found !== undefined) return found;
    throw new TidemarkError('repository.objectNotFound', { id: key, kind: 'series' });
  }
}

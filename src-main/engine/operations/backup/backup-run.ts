/**
 * The walk of one backup: which folder is scanned next, which files are read, which trees are complete. Keeps every worker
 * supplied and memory bounded: folders are taken depth first, reading goes before scanning when enough is waiting,
 * complete trees go before both. Writes nothing itself; blobs go from the workers through the write scope.
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToId, idAt, idToBytes, type BlobId } from '#base/ids.ts';
import { throwIfCancelled, invariant } from '#base/errors.ts';
import { isDiskError } from '#pipeline/jobs/error-code.ts';
import type { PathProblem } from '#pipeline/protocol.ts';
import type { FolderToScan, ReadFile, ScannedEntry, ScannedFolder } from '#pipeline/scan-types.ts';
import { nameOfNodeText } from '#format/tree.ts';
import { unpackFolders } from '#pipeline/packed-folders.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { ScanSettings } from '#pipeline/scan-settings.ts';
import type { Repository } from '#repository/repository.ts';
import type { BackupTally } from './backup-tally.ts';
import {
  childOf,
  childOfSame,
  givenEntries,
  hasAllData,
  nodeTextOf,
  pathIn,
  pathOf,
} from './folder-entries.ts';
import { addStoredBytes, NO_COST, NOTHING_STORED, type EntryCost } from './entry-cost.ts';
import { FolderInProgress } from './folder-in-progress.ts';
import { FoldersToStore } from './folders-to-store.ts';
import { FilesToRead, type WaitingFile } from './files-to-read.ts';
import { JobsUnderWay } from './jobs-under-way.ts';
import { LARGE_FILE_BYTES, LargeFiles } from './large-files.ts';
import type { FollowedHints } from './followed-hints.ts';
import { PreviousVersions } from './previous-versions.ts';
import type { SourceFolder } from './source-tree.ts';

/** Folders per scan job: a message costs as much as scanning a few entries. */
const FOLDERS_PER_SCAN = 8;

export class BackupRun {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #settings: ScanSettings;
  readonly #tally: BackupTally;
  readonly #signal: AbortSignal | undefined;
  readonly #hints: FollowedHints | undefined;
  /** Depth first: the last one is next. */
  readonly #folders: FolderInProgress[] = [];
  readonly #files = new FilesToRead();
  readonly #largeFiles: LargeFiles<WaitingFile>;
  /** Could not be read, for reasons that lie in the disk: the parent's version is to stand for each. */
  readonly #unreadFiles: { readonly file: WaitingFile; readonly code: string }[] = [];
  readonly #previous: PreviousVersions;
  readonly #trees = new FoldersToStore();
  readonly #jobs = new JobsUnderWay();
  #rootId: BlobId | undefined;

  constructor(
    repository: Repository,
    pool: PipelinePool,
    settings: ScanSettings,
    tally: BackupTally,
    signal: AbortSignal | undefined,
    hints?: FollowedHints,
  ) {
    this.#repository = repository;
    this.#pool = pool;
    this.#settings = settings;
    this.#tally = tally;
    this.#signal = signal;
    this.#largeFiles = new LargeFiles(pool, settings, tally, (file, result, cost) => {
      if (result === undefined) this.#files.add(file);
      else this.#takeRead(file, result, cost);
    });
    this.#hints = hints;
    this.#previous = new PreviousVersions(repository, signal);
  }

  /**
   * Walks everything below the sources. @returns the root tree's id
   * @throws job.cancelled; whatever stopped a blob from being stored
   */
  async walk(sources: SourceFolder, parentTree: BlobId | undefined): Promise<BlobId> {
    const onAbort = (): void => this.#jobs.wake();
    this.#signal?.addEventListener('abort', onAbort);
    try {
      const root = new FolderInProgress('/' as ByteString, undefined, parentTree, sources);
      root.followsHints = this.#hints !== undefined && parentTree !== undefined;
      this.#folders.push(root);
      while (this.#rootId === undefined) {
        throwIfCancelled(this.#signal);
        this.#jobs.throwIfFailed();
        // Jobs count from when they are begun: a scan first loads its parent trees, before the pool hears of it.
        const job = this.#jobs.count < this.#pool.slotCount ? this.#nextJob() : undefined;
        if (job === undefined) await this.#jobs.somethingHappens();
        else this.#jobs.start(job);
      }
      return this.#rootId;
    } finally {
      this.#signal?.removeEventListener('abort', onAbort);
      await this.#jobsEnded();
    }
  }

  #nextJob(): (() => Promise<void>) | undefined {
    if (this.#trees.fillsJob) return this.#treeJob();
    if (this.#unreadFiles.length > 0) return this.#keepingJob();
    const largeFileJob = this.#largeFiles.nextJob();
    if (largeFileJob !== undefined) return largeFileJob;
    if (this.#files.fillsJob && (this.#files.isEnough || this.#jobs.count > 0)) return this.#readJob();
    if (this.#folders.length > 0) return this.#scanJob();
    if (!this.#files.isEmpty) return this.#readJob();
    if (!this.#trees.isEmpty) return this.#treeJob();
    invariant(this.#jobs.count > 0, 'a backup has nothing to do and no root tree');
    return undefined;
  }

  async #jobsEnded(): Promise<void> {
    if (this.#jobs.count > 0) this.#pool.cancelJobs();
    while (this.#jobs.count > 0) await this.#jobs.somethingHappens();
  }

  #scanJob(): () => Promise<void> {
    const folders = this.#folders.splice(-FOLDERS_PER_SCAN).reverse();
    this.#tally.currentFolder = folders[0]?.path;
    for (const folder of folders) folder.startedMs ??= this.#tally.nowMs();
    return async () => {
      const toScan = await Promise.all(folders.map((folder) => this.#toScan(folder)));
      const { packed, stored } = await this.#pool.run('scan', { folders: toScan, settings: this.#settings });
      this.#tally.addStored('data', stored);
      const scanned = unpackFolders(packed);
      // Later folders first, so that the first one's children end up on top of the stack.
      for (let i = folders.length - 1; i >= 0; i--) this.#takeScanned(folders[i]!, scanned[i]!);
    };
  }

  async #toScan(folder: FolderInProgress): Promise<FolderToScan> {
    const { parentSubtree, given } = folder;
    const parentTree =
      parentSubtree === undefined
        ? undefined
        : await this.#repository.loadSealedBlob('tree', parentSubtree, this.#signal).catch(() => undefined);
    // First, because it decides whether the folder goes on following hints.
    const touched = this.#hints?.touchedIn(folder);
    return {
      path: folder.path,
      parentTree,
      onlyEntries: given === undefined ? undefined : givenEntries(given),
      maySaySame:
        !folder.needsTexts && !this.#tally.wantsEntries && !(folder.followsHints && given === undefined),
      touched,
    };
  }

  #takeScanned(folder: FolderInProgress, scanned: ScannedFolder): void {
    switch (scanned.kind) {
      case 'unlisted':
        this.#takeUnlisted(folder, scanned.problems);
        break;
      case 'deferred':
        this.#folders.push(folder);
        break;
      case 'same':
        this.#takeSame(folder, scanned);
        break;
      case 'entries':
        for (const problem of scanned.problems) this.#tally.addProblem({ ...problem, keptPrevious: false });
        this.#hints?.leaveScanned(folder, scanned.left);
        this.#takeEntries(folder, scanned.entries);
    }
  }

  #takeUnlisted(folder: FolderInProgress, problems: readonly PathProblem[]): void {
    const keptPrevious = this.#previous.hasFolder(folder, problems);
    for (const problem of problems) this.#tally.addProblem({ ...problem, keptPrevious });
    if (keptPrevious) {
      this.#takeTree(folder, folder.parentSubtree!);
      return;
    }
    this.#hints?.leaveScanned(folder, undefined);
    this.#dropFolder(folder);
  }

  #takeSame(folder: FolderInProgress, same: ScannedFolder & { readonly kind: 'same' }): void {
    if (!this.#hasAllBlobs(same.contentIds)) {
      this.#scanAgain(folder);
      return;
    }
    this.#tally.addUnmodifiedFiles(same.fileCount, same.sizeBytes);
    folder.isCounted = true;
    this.#hints?.leaveSame(folder, same);
    const toScan: FolderInProgress[] = [];
    for (const entry of same.subfolders) {
      const child = childOfSame(folder, entry);
      if (this.#isAsInParent(child)) {
        folder.finished.set(entry.name, child.parentSubtree);
        this.#tally.addFolder(child.path, 'unmodified');
      } else toScan.push(child);
    }
    folder.expect(toScan.length);
    this.#folders.push(...toScan.reverse());
    this.#completeIfDone(folder);
  }

  /** Its tree is taken over unread: nothing in it was touched, and the repository has it. */
  #isAsInParent(folder: FolderInProgress): boolean {
    if (folder.parentSubtree === undefined || this.#hints?.isUntouched(folder) !== true) return false;
    return this.#repository.index.has('tree', idToBytes(folder.parentSubtree), 0);
  }

  #scanAgain(folder: FolderInProgress): void {
    folder.needsTexts = true;
    this.#folders.push(folder);
  }

  #takeEntries(folder: FolderInProgress, entries: readonly ScannedEntry[]): void {
    folder.needsTexts = true;
    folder.expect(entries.length);
    const children: FolderInProgress[] = [];
    for (const [index, entry] of entries.entries()) this.#takeEntry(folder, index, entry, children);
    this.#folders.push(...children.reverse());
    this.#completeIfDone(folder);
  }

  #takeEntry(
    folder: FolderInProgress,
    index: number,
    entry: ScannedEntry,
    children: FolderInProgress[],
  ): void {
    switch (entry.kind) {
      case 'node':
        folder.set(index, entry.text);
        break;
      case 'unchanged':
        if (this.#hasAllBlobs(entry.contentIds)) {
          folder.set(index, entry.text);
          if (!folder.isCounted)
            this.#tally.addFile(() => pathOf(folder, entry.text), 'unmodified', entry.sizeBytes);
        } else {
          this.#waitToRead(folder, index, nameOfNodeText(entry.text), entry.sizeBytes, true);
        }
        break;
      case 'stored':
        folder.set(index, entry.text);
        this.#tally.addFile(
          () => pathOf(folder, entry.text),
          entry.wasInParent ? 'changed' : 'new',
          entry.sizeBytes,
        );
        if (entry.changedWhileReading) this.#tally.addChangedWhileReading(pathOf(folder, entry.text));
        break;
      case 'file':
        this.#waitToRead(folder, index, entry.name, entry.sizeBytes, entry.wasInParent);
        break;
      case 'dir': {
        const child = childOf(folder, entry, index);
        if (folder.finished.has(entry.name)) {
          const finished = folder.finished.get(entry.name);
          if (finished === undefined) folder.drop();
          else folder.set(index, nodeTextOf(child, finished));
        } else if (entry.isLeaf) this.#trees.add(child);
        else if (this.#isAsInParent(child)) {
          folder.set(index, nodeTextOf(child, child.parentSubtree!));
          this.#tally.addFolder(child.path, 'unmodified');
        } else children.push(child);
      }
    }
  }

  #waitToRead(
    folder: FolderInProgress,
    index: number,
    name: ByteString,
    sizeBytes: number,
    wasInParent: boolean,
  ): void {
    const file = { folder, index, name, path: pathIn(folder, name), sizeBytes, wasInParent };
    if (sizeBytes >= LARGE_FILE_BYTES && this.#pool.workerCount > 1) this.#largeFiles.add(file);
    else this.#files.add(file);
  }

  #hasAllBlobs(contentIds: Uint8Array): boolean {
    return hasAllData(this.#repository.index, contentIds);
  }

  /** Where costs are told each file and each tree has a job of its own: what that stores and how long it takes are theirs. */
  get #mostPerJob(): number | undefined {
    return this.#tally.wantsEntries ? 1 : undefined;
  }

  #readJob(): () => Promise<void> {
    const batch = this.#files.takeBatch(this.#mostPerJob);
    const startedMs = this.#tally.nowMs();
    return async () => {
      const files = batch.map(({ path, name }) => ({ path, name }));
      const { files: results, stored } = await this.#pool.run('read', { files, settings: this.#settings });
      this.#tally.addStored('data', stored);
      const durationMs = this.#tally.nowMs() - startedMs;
      const cost = { ...NO_COST, durationMs, data: addStoredBytes(NOTHING_STORED, stored) };
      for (const [i, result] of results.entries()) this.#takeRead(batch[i]!, result, cost);
    };
  }

  #takeRead(file: WaitingFile, result: ReadFile, cost: EntryCost): void {
    if (result.kind === 'stored') {
      file.folder.set(file.index, result.text);
      const change = file.wasInParent ? 'changed' : 'new';
      this.#tally.addFile(() => file.path, change, result.sizeBytes, cost);
      if (result.changedWhileReading) this.#tally.addChangedWhileReading(file.path);
    } else if (isDiskError(result.code)) {
      this.#unreadFiles.push({ file, code: result.code });
      return;
    } else {
      file.folder.drop();
      this.#tally.addProblem({ path: file.path, code: result.code, during: 'read', keptPrevious: false });
    }
    this.#completeIfDone(file.folder);
  }

  /** Each as the parent snapshot has it, or left out. */
  #keepingJob(): () => Promise<void> {
    const unread = this.#unreadFiles.splice(0);
    return async () => {
      for (const { file, code } of unread) {
        const { folder, index, name, path } = file;
        const previous = await this.#previous.findFile(folder, name);
        this.#tally.addProblem({ path, code, during: 'read', keptPrevious: previous !== undefined });
        if (previous === undefined) folder.drop();
        else {
          folder.set(index, previous.text);
          this.#tally.addFile(() => path, 'unmodified', previous.sizeBytes);
        }
        this.#completeIfDone(folder);
      }
    };
  }

  #completeIfDone(folder: FolderInProgress): void {
    if (!folder.isComplete) return;
    if (folder.needsTexts) this.#trees.add(folder);
    // Still the parent's tree: it is stored already.
    else this.#takeTree(folder, folder.parentSubtree!);
  }

  #treeJob(): () => Promise<void> {
    const { folders, nodeTexts } = this.#trees.takeBatch(this.#mostPerJob);
    return async () => {
      const { ids, stored } = await this.#pool.run('storeTrees', { nodeTexts });
      this.#tally.addStored('tree', stored);
      if (this.#tally.wantsEntries) folders[0]!.treesStored = addStoredBytes(folders[0]!.treesStored, stored);
      for (const [i, folder] of folders.entries()) this.#takeTree(folder, bytesToId<BlobId>(idAt(ids, i)));
    };
  }

  #takeTree(folder: FolderInProgress, id: BlobId): void {
    const { place, parentSubtree } = folder;
    if (place === undefined) {
      this.#rootId = id;
      return;
    }
    const change = parentSubtree === undefined ? 'new' : parentSubtree === id ? 'unmodified' : 'changed';
    const { parent, index, name } = place;
    this.#tally.addFolder(folder.path, change, change === 'unmodified' ? NO_COST : this.#costOf(folder));
    parent.treesStored = addStoredBytes(parent.treesStored, folder.treesStored);
    if (index >= 0) {
      parent.set(index, nodeTextOf(folder, id));
      this.#completeIfDone(parent);
      return;
    }
    parent.finished.set(name, id);
    this.#finishChildOfSame(parent, change !== 'unmodified');
  }

  #costOf({ startedMs, treesStored }: FolderInProgress): EntryCost {
    const nowMs = this.#tally.nowMs();
    return { ...NO_COST, durationMs: nowMs - (startedMs ?? nowMs), trees: treesStored };
  }

  /** A folder that cannot be listed is left out of the folder above. */
  #dropFolder({ place }: FolderInProgress): void {
    if (place === undefined) return;
    if (place.index >= 0) {
      place.parent.drop();
      this.#completeIfDone(place.parent);
    } else {
      place.parent.finished.set(place.name, undefined);
      this.#finishChildOfSame(place.parent, true);
    }
  }

  /** When the last subfolder is done and one of them differs, the folder is not the parent's after all. */
  #finishChildOfSame(folder: FolderInProgress, differs: boolean): void {
    folder.drop();
    folder.hasChangedChild ||= differs;
    if (!folder.isComplete) return;
    if (folder.hasChangedChild) this.#scanAgain(folder);
    else this.#completeIfDone(folder);
  }
}

/**
 * The walk of one restore: which folder is opened next, what is done with each entry, when a folder is complete. Keeps
 * every worker supplied and memory bounded: folders are taken depth first, and no further one while enough is waiting to be
 * written. Entries that are no folders go to the EntryRestorer.
 * Dry runs take the same way and stop before anything is changed.
 */
import type { ByteString } from '#base/byte-string.ts';
import { idToBytes, joinIds, type BlobId } from '#base/ids.ts';
import { invariant, isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { TargetPath } from '#files/port.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type {
  EntryToCompare,
  FolderToOpen,
  OpenedFolder,
  OverwriteRule,
  RestoreSettings,
} from '#pipeline/restore-types.ts';
import type { Repository } from '#repository/repository.ts';
import { loadNodes } from '../find-in-snapshot.ts';
import { plainLength } from './blob-writer.ts';
import { EntryRestorer } from './entry-restorer.ts';
import type { Others } from './others.ts';
import {
  metadataOf,
  readFolder,
  type FolderContents,
  type FolderNode,
  type Selector,
} from './read-folder.ts';
import { RestoreFolder } from './restore-folder.ts';
import type { RestoreTally } from './restore-tally.ts';
import type { PathRules } from './rules.ts';

/** In a folder that this run made nothing is in the way. */
const FRESH = { kind: 'made', isReplacing: false } as const;

/** Folders looked through at a time, and how many such batches are under way. */
const FOLDERS_PER_BATCH = 96;
/** Of their lists of entries: some 4 000 entries. */
const TREE_BYTES_PER_BATCH = 2 << 20;
const FOLDER_BATCHES = 2;
const FINISHED_FOLDERS_PER_JOB = 64;

/** A folder whose tree was read. */
interface ReadFolder {
  readonly folder: RestoreFolder;
  readonly contents: FolderContents;
}

export interface RestoreParts {
  readonly repository: Repository;
  readonly pool: PipelinePool;
  readonly settings: RestoreSettings;
  readonly selector: Selector;
  readonly rules: PathRules;
  readonly tally: RestoreTally;
  readonly signal: AbortSignal | undefined;
  /** What locations begin with. */
  readonly prefix: ByteString;
  /** What may be taken away; undefined: nothing. */
  readonly others: Others | undefined;
  /** Whether an unfinished file belongs to a run that will not finish it. */
  isAbandoned(name: ByteString): boolean;
}

export class RestoreRun {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #settings: RestoreSettings;
  readonly #selector: Selector;
  readonly #rules: PathRules;
  readonly #tally: RestoreTally;
  readonly #signal: AbortSignal | undefined;
  readonly #prefix: ByteString;
  readonly #others: Others | undefined;
  readonly #isAbandoned: (name: ByteString) => boolean;
  readonly #entries: EntryRestorer;
  /** Depth first: the last one is next. */
  readonly #folders: RestoreFolder[] = [];
  #finished: RestoreFolder[] = [];
  #folderBatches = 0;
  #underWay = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(parts: RestoreParts) {
    const { repository, pool, settings, selector, rules, tally, signal } = parts;
    this.#repository = repository;
    this.#pool = pool;
    this.#settings = settings;
    this.#selector = selector;
    this.#rules = rules;
    this.#tally = tally;
    this.#signal = signal;
    this.#prefix = parts.prefix;
    this.#others = parts.others;
    this.#isAbandoned = (name) => parts.isAbandoned(name);
    const settle = (folder: RestoreFolder): void => this.#settle(folder);
    this.#entries = new EntryRestorer({ repository, pool, settings, tally, signal, settle });
  }

  /** Paths of files that were begun and are not complete; nothing after a run that went to its end. */
  unfinishedPaths(): TargetPath[] {
    return this.#entries.writer.unfinishedPaths();
  }

  /**
   * Restores everything below `tree`. `isTargetMissing`: for a dry run.
   * @throws job.cancelled, files.noSpace; storage errors. All jobs have ended when it throws.
   */
  async walk(tree: BlobId, isTargetMissing: boolean): Promise<void> {
    const onAbort = (): void => this.#wake?.();
    this.#signal?.addEventListener('abort', onAbort);
    try {
      this.#folders.push(
        new RestoreFolder(
          undefined,
          tree,
          { isSelected: false, isCertain: true, isMade: isTargetMissing },
          this.#prefix,
        ),
      );
      for (;;) {
        throwIfCancelled(this.#signal);
        if (this.#failure !== undefined) throw this.#failure.error;
        const work = this.#nextWork();
        if (work !== undefined) this.#start(work);
        else if (this.#underWay > 0) await this.#somethingHappens();
        else if (!this.#entries.releaseHeld()) return;
      }
    } finally {
      this.#signal?.removeEventListener('abort', onAbort);
      if (this.#underWay > 0) this.#pool.cancelJobs();
      while (this.#underWay > 0) await this.#somethingHappens();
    }
  }

  #nextWork(): (() => Promise<void>) | undefined {
    const workers = this.#pool.workerCount;
    // Two jobs for every worker, and pieces of packs being loaded for the next ones.
    if (this.#underWay >= 3 * workers + FOLDER_BATCHES) return undefined;
    if (this.#entries.hasManyToPlace) return this.#entries.placeWork();
    if (this.#finished.length >= FINISHED_FOLDERS_PER_JOB) return this.#finishWork();
    const { writer } = this.#entries;
    const canOpen = this.#folders.length > 0 && this.#folderBatches < FOLDER_BATCHES && !writer.isFull;
    if (canOpen && (this.#folderBatches === 0 || !writer.hasReady)) return this.#folderWork();
    const mayWrite = writer.hasReady || writer.hasEnough || (!canOpen && this.#folderBatches === 0);
    // Nothing comes of a slice whose files were all given up meanwhile.
    const writing = mayWrite ? writer.nextWork() : undefined;
    if (writing !== undefined) return writing;
    if (canOpen) return this.#folderWork();
    // What is left makes small jobs, so it waits until a worker would have nothing to do.
    if (this.#underWay >= workers) return undefined;
    if (this.#entries.hasAnyToPlace) return this.#entries.placeWork();
    if (this.#finished.length > 0) return this.#finishWork();
    return undefined;
  }

  #start(work: () => Promise<void>): void {
    this.#underWay++;
    work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#underWay--;
        this.#wake?.();
      });
  }

  #somethingHappens(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #folderWork(): () => Promise<void> {
    const batch = this.#takeFolders();
    this.#folderBatches++;
    return async () => {
      try {
        const read = await Promise.all(batch.map((folder) => this.#readFolder(folder)));
        const inNeed = read.filter((item) => this.#needsOpening(item));
        const opened = await this.#openFolders(inNeed);
        const byFolder = new Map(inNeed.map(({ folder }, index) => [folder, opened[index]!]));
        for (const item of read) this.#takeFolder(item, byFolder.get(item.folder));
        // The last one pushed is taken first: the walk keeps the order of the trees.
        this.#folders.push(...this.#found.splice(0).reverse());
      } finally {
        this.#folderBatches--;
      }
    };
  }

  readonly #found: RestoreFolder[] = [];

  #takeFolders(): RestoreFolder[] {
    const batch: RestoreFolder[] = [];
    let bytes = 0;
    while (batch.length < FOLDERS_PER_BATCH && bytes < TREE_BYTES_PER_BATCH) {
      const folder = this.#folders.pop();
      if (folder === undefined) break;
      batch.push(folder);
      const location = this.#repository.index.location('tree', idToBytes(folder.treeId));
      if (location !== undefined) bytes += plainLength(location);
    }
    return batch;
  }

  /** A tree that cannot be read is a problem of its folder, which is then empty. */
  async #readFolder(folder: RestoreFolder): Promise<ReadFolder> {
    const { location } = folder;
    const prefix = location === '/' ? location : `${location}/`;
    try {
      const nodes = await loadNodes(this.#repository, folder.treeId, this.#signal);
      const locationOf = (name: ByteString): ByteString => (prefix + name) as ByteString;
      return { folder, contents: readFolder(nodes, folder.depth + 1, locationOf, this.#selector) };
    } catch (error) {
      const problem = treeProblem(error);
      if (problem === undefined) throw error;
      const problems = [{ path: location, kind: 'damaged', ...problem } as const];
      return { folder, contents: { folders: [], entries: [], spared: [], isKnown: false, problems } };
    }
  }

  #needsOpening({ folder, contents }: ReadFolder): boolean {
    const makesFolders = contents.folders.some(({ isSelected }) => isSelected);
    if (this.#settings.isDryRun && folder.isFresh) return false;
    if (folder.isFresh) return makesFolders;
    if (this.#others?.mayBeIn(folder, contents) === true) return true;
    return makesFolders || contents.entries.length > 0;
  }

  async #openFolders(items: readonly ReadFolder[]): Promise<readonly OpenedFolder[]> {
    if (items.length === 0) return [];
    const settings = this.#settings;
    const folders = items.map(({ folder, contents }): FolderToOpen => {
      const ruleOf = folder.isFresh ? undefined : this.#rules.in(folder.location);
      const ownRule = (name: ByteString): { overwrite?: OverwriteRule } => {
        const overwrite = ruleOf?.(name);
        return overwrite === undefined ? {} : { overwrite };
      };
      return {
        path: folder.path,
        uncertain: folder.uncertain,
        isFresh: folder.isFresh,
        folders: contents.folders
          .filter(({ isSelected }) => isSelected)
          .map(({ node }) => ({
            name: node.name,
            mtime: metadataOf(node).mtime,
            ...ownRule(node.name),
          })),
        entries: folder.isFresh
          ? []
          : contents.entries.map((node) => ({ ...this.#toCompare(node), ...ownRule(node.name) })),
        spared: this.#others === undefined ? [] : contents.spared,
      };
    });
    return this.#pool.run('openFolders', { settings, folders });
  }

  #toCompare(node: TreeNode): EntryToCompare {
    const { kind, mtime } = metadataOf(node);
    const { ids, lengths } = this.#entries.contentOf(node);
    return {
      name: node.name,
      kind,
      mtime,
      links: node.links,
      ids: joinIds(ids.map(idToBytes)),
      lengths,
      device: node.device,
      ...(node.linkTarget === undefined ? {} : { linkTarget: node.linkTarget }),
    };
  }

  /** `opened` is undefined when there was nothing to do for it. */
  #takeFolder({ folder, contents }: ReadFolder, opened: OpenedFolder | undefined): void {
    for (const problem of contents.problems) this.#tally.addProblem(problem);
    if (opened !== undefined && opened.kind !== 'opened') {
      this.#tally.addOutcome(folder.location, opened);
    } else {
      if (opened !== undefined) markMade(folder, opened.made);
      let selected = 0;
      for (const child of contents.folders) {
        const outcome = child.isSelected ? (opened?.folders[selected++] ?? FRESH) : undefined;
        this.#takeChildFolder(folder, child, outcome);
      }
      for (const [index, node] of contents.entries.entries())
        this.#entries.take(folder, node, opened?.entries[index] ?? 'absent');
      if (opened !== undefined && contents.isKnown) this.#takeOthers(folder, contents, opened);
    }
    this.#settle(folder);
  }

  /** What else was found in the folder. */
  #takeOthers(
    folder: RestoreFolder,
    contents: FolderContents,
    { unfinished, others }: OpenedFolder & { kind: 'opened' },
  ): void {
    if (!this.#settings.isDryRun)
      for (const name of unfinished) if (this.#isAbandoned(name)) this.#entries.discard(folder, name);
    if (this.#others?.mayBeIn(folder, contents) !== true) return;
    for (const { name, isFolder } of others)
      if (this.#others.mayRemove(folder, name, isFolder)) this.#entries.setAside(folder, name, isFolder);
  }

  /** Without an outcome: it is made when something in it is to be restored. */
  #takeChildFolder(
    parent: RestoreFolder,
    { node, subtree, isSelected, isEntered }: FolderNode,
    outcome: (OpenedFolder & { kind: 'opened' })['folders'][number] | undefined,
  ): void {
    const place = { parent, name: node.name, metadata: metadataOf(node) };
    const isMade = outcome?.kind === 'made';
    const folder = new RestoreFolder(place, subtree, {
      isSelected,
      isCertain: outcome !== undefined,
      isMade,
    });
    // Where a dry run has not made the folder above, there is nothing below it to look at.
    if (this.#settings.isDryRun && parent.isFresh) folder.isFresh = true;
    if (outcome?.kind === 'conflict' || outcome?.kind === 'failed') {
      this.#tally.addOutcome(folder.location, outcome);
      return;
    }
    if (outcome?.kind === 'made' && outcome.isReplacing) {
      // An earlier run may have been about to.
      this.#tally.earlier.forget(parent.path, node.name, 0);
      this.#tally.addRemoved(folder.location, false);
    }
    parent.expect();
    if (isEntered) this.#found.push(folder);
    else this.#settle(folder);
  }

  /** Ends one thing that the folder waited for. */
  #settle(folder: RestoreFolder): void {
    for (let next: RestoreFolder | undefined = folder; next?.settle() === true; next = next.place?.parent) {
      const isOurs = next.place !== undefined && next.isCertain && (next.isSelected || next.isMade);
      if (!isOurs) continue;
      if (this.#settings.isDryRun) {
        this.#addFolder(next);
        continue;
      }
      this.#finished.push(next);
      return;
    }
  }

  #finishWork(): () => Promise<void> {
    const batch = this.#finished.splice(0, FINISHED_FOLDERS_PER_JOB);
    return async () => {
      const settings = this.#settings;
      const folders = batch.map((folder) => ({ path: folder.path, metadata: folder.place!.metadata }));
      for (const { index, ...outcome } of await this.#pool.run('finishFolders', { settings, folders })) {
        this.#tally.addOutcome(batch[index]!.location, outcome);
      }
      for (const folder of batch) {
        this.#addFolder(folder);
        this.#settle(folder.place!.parent);
      }
    };
  }

  #addFolder(folder: RestoreFolder): void {
    this.#tally.addFolder(() => folder.location, folder.isMade);
  }
}

/** `made` tells of the last names of the folder's path, from the front. */
function markMade(folder: RestoreFolder, made: readonly boolean[]): void {
  let next: RestoreFolder | undefined = folder;
  for (const wasMade of made.toReversed()) {
    invariant(next !== undefined, 'more folders were made than there are');
    next.isCertain = true;
    next.isMade ||= wasMade;
    next.isFresh ||= wasMade;
    next = next.place?.parent;
  }
}

/** Undefined when the error is not about this one tree. */
function treeProblem(error: unknown): { readonly code: string; readonly reason: string } | undefined {
  if (isTidemarkError(error, 'integrity.treeCorrupt'))
    return { code: error.code, reason: 'its list of entries is damaged' };
  if (isTidemarkError(error, 'integrity.blobMissing'))
    return { code: error.code, reason: 'its list of entries is not in the index' };
  if (isTidemarkError(error, 'integrity.blobCorrupt')) return { code: error.code, reason: error.data.reason };
  return undefined;
}

/**
 * The walk of one restore: which folder is opened next, what is done with each entry, when a folder is complete. Keeps
 * every worker supplied and memory bounded: folders are taken depth first, and no further one while enough is waiting to be
 * written. Contents go through the BlobWriter; everything else is collected into jobs here.
 * Dry runs take the same way and stop before anything is changed.
 */
import type { ByteString } from '#base/byte-string.ts';
import { idToBytes, joinIds, type BlobId } from '#base/ids.ts';
import { invariant, isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { TargetPath } from '#files/port.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type {
  EntryOutcome,
  EntryToCompare,
  EntryToPlace,
  FolderToOpen,
  OpenedFolder,
  PlaceOutcome,
  RestoreSettings,
} from '#pipeline/restore-types.ts';
import type { Repository } from '#repository/repository.ts';
import { loadNodes } from '../find-in-snapshot.ts';
import { BlobWriter, plainLength } from './blob-writer.ts';
import type { FileEnd, FileTask } from './file-task.ts';
import { LinkGroups, type LinkGroup, type WaitingName } from './link-groups.ts';
import {
  metadataOf,
  readFolder,
  type FolderContents,
  type FolderNode,
  type Selector,
} from './read-folder.ts';
import { RestoreFolder } from './restore-folder.ts';
import type { RestoreTally } from './restore-tally.ts';
import type { RestoreAction } from './types.ts';

/** Folders looked through at a time, and how many such batches are under way. */
const FOLDERS_PER_BATCH = 96;
const FOLDER_BATCHES = 2;
const ENTRIES_PER_JOB = 128;
const FINISHED_FOLDERS_PER_JOB = 64;

/** A folder whose tree was read. */
interface ReadFolder {
  readonly folder: RestoreFolder;
  readonly contents: FolderContents;
}

/** An entry without blobs, until a worker has placed it. */
interface WaitingEntry {
  readonly folder: RestoreFolder;
  readonly entry: EntryToPlace extends infer One
    ? One extends EntryToPlace
      ? Omit<One, 'folder'>
      : never
    : never;
  readonly ended: (outcome: PlaceOutcome | undefined) => void;
}

/** What is known of a file's content: in the index, or not. */
interface Content {
  readonly ids: readonly BlobId[];
  readonly lengths: readonly number[];
  readonly sizeBytes: number;
  readonly isWhole: boolean;
}

const NO_CONTENT: Content = { ids: [], lengths: [], sizeBytes: 0, isWhole: true };

export interface RestoreParts {
  readonly repository: Repository;
  readonly pool: PipelinePool;
  readonly settings: RestoreSettings;
  readonly selector: Selector;
  readonly tally: RestoreTally;
  readonly signal: AbortSignal | undefined;
}

export class RestoreRun {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #settings: RestoreSettings;
  readonly #selector: Selector;
  readonly #tally: RestoreTally;
  readonly #signal: AbortSignal | undefined;
  readonly #writer: BlobWriter;
  readonly #links: LinkGroups;
  /** Depth first: the last one is next. */
  readonly #folders: RestoreFolder[] = [];
  #entries: WaitingEntry[] = [];
  #finished: RestoreFolder[] = [];
  /** Folders that wait until nothing else is to be done, because links lead out of them. */
  #held: RestoreFolder[] = [];
  #numbers = 0;
  #folderBatches = 0;
  #underWay = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor({ repository, pool, settings, selector, tally, signal }: RestoreParts) {
    this.#repository = repository;
    this.#pool = pool;
    this.#settings = settings;
    this.#selector = selector;
    this.#tally = tally;
    this.#signal = signal;
    this.#links = new LinkGroups(repository.ports.primitives);
    const takeNumbers = (count: number): number => (this.#numbers += count) - count;
    this.#writer = new BlobWriter(repository, pool, settings, takeNumbers, this.#writerHost(), signal);
  }

  /** Paths of files that were begun and are not complete; nothing after a run that went to its end. */
  unfinishedPaths(): TargetPath[] {
    return this.#writer.unfinishedPaths();
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
        new RestoreFolder(undefined, tree, { isSelected: false, isCertain: true, isMade: isTargetMissing }),
      );
      for (;;) {
        throwIfCancelled(this.#signal);
        if (this.#failure !== undefined) throw this.#failure.error;
        const work = this.#nextWork();
        if (work !== undefined) this.#start(work);
        else if (this.#underWay > 0) await this.#somethingHappens();
        else if (!this.#releaseHeld()) return;
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
    if (this.#entries.length >= ENTRIES_PER_JOB) return this.#placeWork();
    if (this.#finished.length >= FINISHED_FOLDERS_PER_JOB) return this.#finishWork();
    const canOpen = this.#folders.length > 0 && this.#folderBatches < FOLDER_BATCHES && !this.#writer.isFull;
    if (canOpen && (this.#folderBatches === 0 || !this.#writer.hasReady)) return this.#folderWork();
    if (this.#writer.hasReady || this.#writer.hasEnough) return this.#writer.nextWork();
    if (canOpen) return this.#folderWork();
    if (this.#folderBatches === 0 && !this.#writer.isEmpty) return this.#writer.nextWork();
    // What is left makes small jobs, so it waits until a worker would have nothing to do.
    if (this.#underWay >= workers) return undefined;
    if (this.#entries.length > 0) return this.#placeWork();
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

  #releaseHeld(): boolean {
    if (this.#held.length === 0) return false;
    for (const folder of this.#held.splice(0)) this.#settle(folder);
    return true;
  }

  // Folders

  #folderWork(): () => Promise<void> {
    const batch = this.#folders.splice(-FOLDERS_PER_BATCH).reverse();
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
      return { folder, contents: { folders: [], entries: [], problems } };
    }
  }

  #needsOpening({ folder, contents }: ReadFolder): boolean {
    const makesFolders = contents.folders.some(({ isSelected }) => isSelected);
    if (this.#settings.isDryRun && folder.isFresh) return false;
    if (folder.isFresh) return makesFolders;
    return makesFolders || contents.entries.length > 0;
  }

  async #openFolders(items: readonly ReadFolder[]): Promise<readonly OpenedFolder[]> {
    if (items.length === 0) return [];
    const settings = this.#settings;
    const folders = items.map(({ folder, contents }): FolderToOpen => ({
      path: folder.path,
      uncertain: folder.uncertain,
      isFresh: folder.isFresh,
      folders: contents.folders
        .filter(({ isSelected }) => isSelected)
        .map(({ node }) => ({ name: node.name, mtime: metadataOf(node).mtime })),
      entries: folder.isFresh ? [] : contents.entries.map((node) => this.#toCompare(node)),
    }));
    return this.#pool.run('openFolders', { settings, folders });
  }

  #toCompare(node: TreeNode): EntryToCompare {
    const { kind, mtime } = metadataOf(node);
    const { ids, lengths } = this.#contentOf(node);
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
      this.#addProblem(folder.location, opened);
    } else {
      if (opened !== undefined) markMade(folder, opened.made);
      let selected = 0;
      for (const child of contents.folders) {
        const outcome = child.isSelected ? (opened?.folders[selected++] ?? { kind: 'made' }) : undefined;
        this.#takeChildFolder(folder, child, outcome);
      }
      for (const [index, node] of contents.entries.entries())
        this.#takeEntry(folder, node, opened?.entries[index] ?? 'absent');
    }
    this.#settle(folder);
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
    if (outcome?.kind === 'conflict' || outcome?.kind === 'failed') {
      this.#addProblem(folder.location, outcome);
      return;
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
        const { location } = batch[index]!;
        if (outcome.kind === 'incomplete') this.#tally.addWarnings(location, outcome.problems);
        else this.#addProblem(location, outcome);
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

  // Entries

  #takeEntry(folder: RestoreFolder, node: TreeNode, outcome: EntryOutcome): void {
    const content = this.#contentOf(node);
    const locationOf = (): ByteString => locationIn(folder, node.name);
    if (!content.isWhole) {
      const reason = 'a part of its content is not in the index';
      this.#tally.addProblem({ path: locationOf(), kind: 'damaged', code: 'integrity.blobMissing', reason });
      return;
    }
    switch (outcome) {
      case 'conflict':
        this.#addProblem(locationOf(), { kind: 'conflict' });
        return;
      case 'kept':
        this.#tally.addFile(locationOf, 'kept', content.sizeBytes);
        return;
      case 'unchanged':
      case 'same':
        this.#takeRight(folder, node, content, outcome);
        return;
      case 'absent':
      case 'replace':
        this.#restore({ folder, node, isReplacing: outcome === 'replace' }, content);
    }
  }

  /** Its content is there already. */
  #takeRight(
    folder: RestoreFolder,
    node: TreeNode,
    { sizeBytes }: Content,
    outcome: 'unchanged' | 'same',
  ): void {
    const group = this.#links.groupOf(node, folder);
    if (group?.state === 'lost') {
      group.first = { folder, name: node.name };
      group.state = 'there';
    } else if (group !== undefined && outcome === 'same') {
      this.#restoreLink({ folder, node, isReplacing: true }, group);
      return;
    }
    const end = (): void => this.#tally.addFile(() => locationIn(folder, node.name), 'unchanged', sizeBytes);
    if (outcome === 'unchanged' || this.#settings.isDryRun) end();
    else {
      this.#place(folder, { kind: 'metadata', name: node.name, metadata: metadataOf(node) }, (placed) => {
        if (placed !== undefined) this.#addOutcome(locationIn(folder, node.name), placed);
        end();
      });
    }
  }

  #restore(name: WaitingName, content: Content): void {
    const { folder, node } = name;
    const group = this.#links.groupOf(node, folder);
    if (group === undefined) this.#restoreAlone(name, content, undefined);
    else if (group.state === 'lost') this.#restoreFirst(name, content, group);
    else this.#restoreLink(name, group);
  }

  #restoreFirst(name: WaitingName, content: Content, group: LinkGroup): void {
    const { folder, node } = name;
    group.first = { folder, name: node.name };
    group.state = 'pending';
    if (folder.willBeClosed) {
      folder.expect();
      this.#held.push(folder);
    }
    this.#restoreAlone(name, content, group);
  }

  #restoreAlone(
    { folder, node, isReplacing }: WaitingName,
    content: Content,
    group: LinkGroup | undefined,
  ): void {
    const metadata = metadataOf(node);
    const { name } = node;
    const task: FileTask = {
      folder,
      name,
      metadata,
      content: content.ids,
      sizeBytes: content.sizeBytes,
      isReplacing,
      group,
    };
    if (this.#settings.isDryRun) {
      this.#tally.addBytes(content.sizeBytes);
      this.#fileEnded(task, { kind: 'there' });
      return;
    }
    folder.expect();
    if (content.ids.length > 0) {
      this.#writer.add(task);
      return;
    }
    const { linkTarget, device } = node;
    const create = { kind: 'create', name, metadata, isReplacing, device } as const;
    this.#place(folder, linkTarget === undefined ? create : { ...create, linkTarget }, (outcome) => {
      this.#fileEnded(task, outcome ?? { kind: 'there' });
      this.#settle(folder);
    });
  }

  #restoreLink(name: WaitingName, group: LinkGroup): void {
    const { folder, node, isReplacing } = name;
    if (group.state === 'pending') {
      folder.expect();
      group.waiting.push(name);
      return;
    }
    const { sizeBytes } = this.#contentOf(node);
    const end = (): void => {
      this.#tally.addBytes(sizeBytes);
      this.#tally.addFile(() => locationIn(folder, node.name), restoredAs(isReplacing), sizeBytes);
    };
    if (this.#settings.isDryRun) {
      end();
      return;
    }
    const existing = [...group.first.folder.path, group.first.name];
    this.#place(folder, { kind: 'hardLink', name: node.name, isReplacing, existing }, (outcome) => {
      if (outcome === undefined) end();
      // A disk without hard links, or with too many of this one: it becomes a file of its own.
      else if (outcome.kind === 'failed') this.#restoreAlone(name, this.#contentOf(node), undefined);
      else this.#addOutcome(locationIn(folder, node.name), outcome);
    });
  }

  /** Tells the names that waited for a file, and counts it. */
  #fileEnded(task: FileTask, end: FileEnd): void {
    const path = (): ByteString => locationIn(task.folder, task.name);
    const isThere = end.kind === 'there' || end.kind === 'incomplete';
    if (end.kind === 'incomplete') this.#tally.addWarnings(path(), end.problems);
    if (end.kind === 'damaged') this.#tally.addProblem({ path: path(), ...end });
    else if (end.kind === 'conflict' || end.kind === 'failed') this.#addProblem(path(), end);
    if (isThere) {
      if (this.#settings.verify && task.content.length > 0 && !this.#settings.isDryRun)
        this.#tally.verifiedFiles++;
      this.#tally.addFile(path, restoredAs(task.isReplacing), task.sizeBytes);
    }
    if (task.group !== undefined) this.#groupEnded(task.group, isThere);
  }

  #groupEnded(group: LinkGroup, isThere: boolean): void {
    group.state = isThere ? 'there' : 'lost';
    for (const name of group.waiting.splice(0)) {
      // The first of them tries in its own place, the others wait for that.
      if (group.state === 'lost') this.#restoreFirst(name, this.#contentOf(name.node), group);
      else this.#restoreLink(name, group);
      this.#settle(name.folder);
    }
  }

  #writerHost(): ConstructorParameters<typeof BlobWriter>[4] {
    const ended = (task: FileTask, end: FileEnd): void => {
      this.#fileEnded(task, end);
      this.#settle(task.folder);
    };
    return {
      onBytes: (bytes) => this.#tally.addBytes(bytes),
      onFileEnd: ended,
      onPartsWritten: (task, temporaryName) => {
        const { folder, name, metadata, isReplacing, sizeBytes } = task;
        const finish = { kind: 'finish', name, metadata, isReplacing, sizeBytes, temporaryName } as const;
        this.#place(folder, finish, (outcome) => {
          this.#writer.forget(temporaryName);
          ended(task, outcome ?? { kind: 'there' });
        });
      },
      onGivenUp: (task, temporaryName, end) => {
        this.#place(task.folder, { kind: 'discard', temporaryName }, () => {
          this.#writer.forget(temporaryName);
          ended(task, end);
        });
      },
    };
  }

  #place(folder: RestoreFolder, entry: WaitingEntry['entry'], ended: WaitingEntry['ended']): void {
    folder.expect();
    this.#entries.push({ folder, entry, ended });
  }

  #placeWork(): () => Promise<void> {
    const batch = this.#entries.splice(0, ENTRIES_PER_JOB);
    const folders: TargetPath[] = [];
    const indexes = new Map<RestoreFolder, number>();
    const entries = batch.map(({ folder, entry }): EntryToPlace => {
      let index = indexes.get(folder);
      if (index === undefined) indexes.set(folder, (index = folders.push(folder.path) - 1));
      return { ...entry, folder: index };
    });
    const firstTemporary = this.#numbers;
    this.#numbers += entries.length;
    return async () => {
      const settings = this.#settings;
      const outcomes = await this.#pool.run('placeEntries', { settings, folders, entries, firstTemporary });
      const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
      for (const [index, { folder, ended }] of batch.entries()) {
        ended(byIndex.get(index));
        this.#settle(folder);
      }
    };
  }

  #contentOf(node: TreeNode): Content {
    if (node.type !== 'file' || node.content === null) return NO_CONTENT;
    const lengths: number[] = [];
    let sizeBytes = 0;
    for (const id of node.content) {
      const location = this.#repository.index.location('data', idToBytes(id));
      if (location === undefined) return { ...NO_CONTENT, isWhole: false };
      const length = plainLength(location);
      lengths.push(length);
      sizeBytes += length;
    }
    return { ids: node.content, lengths, sizeBytes, isWhole: true };
  }

  #addOutcome(path: ByteString, outcome: PlaceOutcome): void {
    if (outcome.kind === 'incomplete') this.#tally.addWarnings(path, outcome.problems);
    else this.#addProblem(path, outcome);
  }

  #addProblem(
    path: ByteString,
    problem: { readonly kind: 'conflict' } | { readonly kind: 'failed'; readonly code: string },
  ): void {
    if (problem.kind === 'failed')
      this.#tally.addProblem({ path, kind: 'failed', code: problem.code, reason: '' });
    else {
      const reason = 'something else is in its place';
      this.#tally.addProblem({ path, kind: 'conflict', code: 'conflict', reason });
    }
  }
}

function locationIn(folder: RestoreFolder, name: ByteString): ByteString {
  const { location } = folder;
  return (location === '/' ? `/${name}` : `${location}/${name}`) as ByteString;
}

function restoredAs(isReplacing: boolean): RestoreAction {
  return isReplacing ? 'updated' : 'restored';
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

/**
 * What a restore does with each entry that is no folder: leaves it, gives it its metadata, links it to another name, or
 * restores it. Contents go through the BlobWriter; everything else is collected into jobs here. Each entry holds its folder
 * back until it is done (`expect`, `settle`).
 */
import type { ByteString } from '#base/byte-string.ts';
import { idToBytes, joinIds, type BlobId } from '#base/ids.ts';
import type { TargetPath } from '#files/port.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type {
  EntryOutcome,
  EntryToPlace,
  PlacedContent,
  PlaceOutcome,
  RestoreSettings,
} from '#pipeline/restore-types.ts';
import type { Repository } from '#repository/repository.ts';
import { BlobWriter, plainLength, type BlobWriterHost } from './blob-writer.ts';
import type { FileEnd, FileTask } from './file-task.ts';
import { LinkGroups, type LinkGroup, type WaitingName } from './link-groups.ts';
import { metadataOf } from './read-folder.ts';
import type { RestoreFolder } from './restore-folder.ts';
import type { RestoreTally } from './restore-tally.ts';

const ENTRIES_PER_JOB = 128;

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
export interface Content {
  readonly ids: readonly BlobId[];
  readonly lengths: readonly number[];
  readonly sizeBytes: number;
  readonly isWhole: boolean;
}

const NO_CONTENT: Content = { ids: [], lengths: [], sizeBytes: 0, isWhole: true };

export interface EntryRestorerParts {
  readonly repository: Repository;
  readonly pool: PipelinePool;
  readonly settings: RestoreSettings;
  readonly tally: RestoreTally;
  readonly signal: AbortSignal | undefined;
  /** One thing that the folder waited for is done. */
  settle(folder: RestoreFolder): void;
}

export class EntryRestorer {
  readonly writer: BlobWriter;
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #settings: RestoreSettings;
  readonly #tally: RestoreTally;
  readonly #settle: (folder: RestoreFolder) => void;
  readonly #links: LinkGroups;
  #entries: WaitingEntry[] = [];
  /** Folders that wait until nothing else is to be done, because links lead out of them. */
  #held: RestoreFolder[] = [];
  #numbers = 0;

  constructor(parts: EntryRestorerParts) {
    const { repository, pool, settings, tally, signal } = parts;
    this.#repository = repository;
    this.#pool = pool;
    this.#settings = settings;
    this.#tally = tally;
    this.#settle = (folder) => parts.settle(folder);
    this.#links = new LinkGroups(repository.ports.primitives);
    const takeNumbers = (count: number): number => this.#takeNumbers(count);
    this.writer = new BlobWriter(repository, pool, settings, takeNumbers, this.#writerHost(), signal);
  }

  /** There are enough entries for a job. */
  get hasManyToPlace(): boolean {
    return this.#entries.length >= ENTRIES_PER_JOB;
  }

  get hasAnyToPlace(): boolean {
    return this.#entries.length > 0;
  }

  /** To be called when nothing else is to be done. False when nothing was held back. */
  releaseHeld(): boolean {
    if (this.#held.length === 0) return false;
    for (const folder of this.#held.splice(0)) this.#settle(folder);
    return true;
  }

  /** Does what is to be done with an entry of a folder, given what is in its place. */
  take(folder: RestoreFolder, node: TreeNode, outcome: EntryOutcome): void {
    const content = this.contentOf(node);
    const locationOf = (): ByteString => locationIn(folder, node.name);
    const name = typeof outcome === 'object' ? outcome.beside : node.name;
    const { earlier } = this.#tally;
    if (isRight(outcome) && earlier.has(folder.path, name)) {
      this.#takeRight({ folder, node, name }, content, outcome === 'same', true);
      return;
    }
    earlier.forget(folder.path, name, content.sizeBytes);
    if (!content.isWhole) {
      const reason = 'a part of its content is not in the index';
      this.#tally.addProblem({ path: locationOf(), kind: 'damaged', code: 'integrity.blobMissing', reason });
      return;
    }
    if (typeof outcome === 'object') {
      if (outcome.isThere) this.#takeRight({ folder, node, name }, content, false);
      else this.#restore({ folder, node, name, isReplacing: false }, content);
      return;
    }
    switch (outcome) {
      case 'conflict':
        this.#tally.addOutcome(locationOf(), { kind: 'conflict' });
        return;
      case 'kept':
        this.#tally.addFile(locationOf, 'kept', content.sizeBytes);
        return;
      case 'unchanged':
      case 'same':
        this.#takeRight({ folder, node, name }, content, outcome === 'same');
        return;
      case 'absent':
      case 'replace':
        this.#restore({ folder, node, name: node.name, isReplacing: outcome === 'replace' }, content);
    }
  }

  /** Takes something away that the version does not have. */
  setAside(folder: RestoreFolder, name: ByteString, isFolder: boolean): void {
    this.#tally.earlier.forget(folder.path, name, 0);
    const location = locationIn(folder, name);
    if (this.#settings.isDryRun) this.#tally.addRemoved(location, isFolder);
    else
      this.#place(folder, { kind: 'setAside', name }, (outcome) => {
        if (outcome === undefined) this.#tally.addRemoved(location, isFolder);
        else this.#tally.addOutcome(location, outcome);
      });
  }

  /** Removes what a dead run left behind. */
  discard(folder: RestoreFolder, temporaryName: ByteString): void {
    this.#place(folder, { kind: 'discard', temporaryName }, () => undefined);
  }

  /** Its content is there already. `isCounted`: because an earlier run put it there. */
  #takeRight(
    { folder, node, name }: Omit<WaitingName, 'isReplacing'>,
    { sizeBytes }: Content,
    needsMetadata: boolean,
    isCounted = false,
  ): void {
    const group = this.#links.groupOf(node, folder);
    if (group?.state === 'lost') {
      group.first = { folder, name };
      group.state = 'there';
    } else if (group !== undefined && needsMetadata) {
      this.#tally.earlier.forget(folder.path, name, sizeBytes);
      this.#restoreLink({ folder, node, name, isReplacing: true }, group);
      return;
    }
    const end = (): void => {
      if (!isCounted) this.#tally.addFile(() => locationIn(folder, node.name), 'unchanged', sizeBytes);
    };
    if (!needsMetadata || this.#settings.isDryRun) end();
    else {
      this.#place(folder, { kind: 'metadata', name, metadata: metadataOf(node) }, (placed) => {
        if (placed !== undefined) this.#tally.addOutcome(locationIn(folder, name), placed);
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
    const { folder } = name;
    group.first = { folder, name: name.name };
    group.state = 'pending';
    if (folder.willBeClosed) {
      folder.expect();
      this.#held.push(folder);
    }
    this.#restoreAlone(name, content, group);
  }

  #restoreAlone(
    { folder, node, name, isReplacing }: WaitingName,
    content: Content,
    group: LinkGroup | undefined,
  ): void {
    const metadata = metadataOf(node);
    const task: FileTask = {
      folder,
      name,
      ownName: node.name,
      metadata,
      content: content.ids,
      lengths: content.lengths,
      sizeBytes: content.sizeBytes,
      isReplacing,
      group,
    };
    if (this.#settings.isDryRun) {
      this.#tally.addContent(content.sizeBytes);
      this.#fileEnded(task, { kind: 'there' });
      return;
    }
    folder.expect();
    if (content.ids.length > 0) {
      this.writer.add(task);
      return;
    }
    const { linkTarget, device } = node;
    const create = { kind: 'create', name, metadata, isReplacing, device } as const;
    this.#place(folder, linkTarget === undefined ? create : { ...create, linkTarget }, (outcome) => {
      this.#fileEnded(task, outcome ?? { kind: 'there' });
      this.#settle(folder);
    });
  }

  #restoreLink(waiting: WaitingName, group: LinkGroup): void {
    const { folder, node, name, isReplacing } = waiting;
    if (group.state === 'pending') {
      folder.expect();
      group.waiting.push(waiting);
      return;
    }
    const content = this.contentOf(node);
    const { sizeBytes } = content;
    const end = (): void => {
      this.#tally.addBytes(sizeBytes);
      this.#addRestored({ folder, name, ownName: node.name, isReplacing, sizeBytes });
    };
    if (this.#settings.isDryRun) {
      end();
      return;
    }
    const existing = [...group.first.folder.path, group.first.name];
    const link = { kind: 'hardLink', name, isReplacing, existing } as const;
    const isFile = node.type === 'file';
    this.#place(folder, isFile ? { ...link, content: placedContent(content) } : link, (outcome) => {
      if (outcome === undefined) end();
      // A disk without hard links, or with too many of this one: it becomes a file of its own.
      else if (outcome.kind === 'failed') this.#restoreAlone(waiting, content, undefined);
      else this.#tally.addOutcome(locationIn(folder, name), outcome);
    });
  }

  /** Tells the names that waited for a file, and counts it. */
  #fileEnded(task: FileTask, end: FileEnd): void {
    const path = (): ByteString => locationIn(task.folder, task.name);
    const isThere = end.kind === 'there' || end.kind === 'incomplete';
    if (end.kind === 'incomplete') this.#tally.addWarnings(path(), end.problems);
    if (end.kind === 'damaged') this.#tally.addProblem({ path: path(), ...end });
    else if (end.kind === 'conflict' || end.kind === 'failed') this.#tally.addOutcome(path(), end);
    if (isThere) {
      if (this.#settings.verify && task.content.length > 0 && !this.#settings.isDryRun)
        this.#tally.verifiedFiles++;
      this.#addRestored(task);
    }
    if (task.group !== undefined) this.#groupEnded(task.group, isThere);
  }

  #addRestored(file: Pick<FileTask, 'folder' | 'name' | 'ownName' | 'isReplacing' | 'sizeBytes'>): void {
    const { folder, name, ownName, isReplacing, sizeBytes } = file;
    const path = (): ByteString => locationIn(folder, ownName);
    if (name !== ownName) this.#tally.addFile(path, 'beside', sizeBytes, () => locationIn(folder, name));
    else this.#tally.addFile(path, isReplacing ? 'updated' : 'restored', sizeBytes);
  }

  #groupEnded(group: LinkGroup, isThere: boolean): void {
    group.state = isThere ? 'there' : 'lost';
    for (const name of group.waiting.splice(0)) {
      // The first of them tries in its own place, the others wait for that.
      if (group.state === 'lost') this.#restoreFirst(name, this.contentOf(name.node), group);
      else this.#restoreLink(name, group);
      this.#settle(name.folder);
    }
  }

  #writerHost(): BlobWriterHost {
    const ended = (task: FileTask, end: FileEnd): void => {
      this.#fileEnded(task, end);
      this.#settle(task.folder);
    };
    return {
      onBytes: (bytes) => this.#tally.addBytes(bytes),
      onFileEnd: ended,
      onPartsWritten: (task, temporaryName) => {
        const { folder, name, metadata, isReplacing, sizeBytes } = task;
        const finish = {
          kind: 'finish',
          name,
          metadata,
          isReplacing,
          sizeBytes,
          temporaryName,
          content: placedContent({ ids: task.content, lengths: task.lengths }),
        } as const;
        this.#place(folder, finish, (outcome) => {
          this.writer.forget(temporaryName);
          ended(task, outcome ?? { kind: 'there' });
        });
      },
      onGivenUp: (task, temporaryName, end) => {
        this.#place(task.folder, { kind: 'discard', temporaryName }, () => {
          this.writer.forget(temporaryName);
          ended(task, end);
        });
      },
    };
  }

  #place(folder: RestoreFolder, entry: WaitingEntry['entry'], ended: WaitingEntry['ended']): void {
    folder.expect();
    this.#entries.push({ folder, entry, ended });
  }

  /** One job for entries that need no blobs. */
  placeWork(): () => Promise<void> {
    const batch = this.#entries.splice(0, ENTRIES_PER_JOB);
    const folders: TargetPath[] = [];
    const indexes = new Map<RestoreFolder, number>();
    const entries = batch.map(({ folder, entry }): EntryToPlace => {
      let index = indexes.get(folder);
      if (index === undefined) indexes.set(folder, (index = folders.push(folder.path) - 1));
      return { ...entry, folder: index };
    });
    const firstTemporary = this.#takeNumbers(entries.length);
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

  /** What the index knows of a file's content; nothing for other kinds. */
  contentOf(node: TreeNode): Content {
    if (node.type !== 'file' || node.content === null) return NO_CONTENT;
    const lengths: number[] = [];
    let sizeBytes = 0;
    for (const id of node.content) {
      const location = this.#repository.index.location('data', idToBytes(id));
      if (location === undefined) {
        this.#repository.doubtIndex();
        return { ...NO_CONTENT, isWhole: false };
      }
      const length = plainLength(location);
      lengths.push(length);
      sizeBytes += length;
    }
    return { ids: node.content, lengths, sizeBytes, isWhole: true };
  }

  /** The first of so many numbers that name unfinished files. */
  #takeNumbers(count: number): number {
    this.#numbers += count;
    return this.#numbers - count;
  }
}

function locationIn(folder: RestoreFolder, name: ByteString): ByteString {
  const { location } = folder;
  return (location === '/' ? `/${name}` : `${location}/${name}`) as ByteString;
}

function isRight(outcome: EntryOutcome): boolean {
  if (typeof outcome === 'object') return outcome.isThere;
  return outcome === 'unchanged' || outcome === 'same' || outcome === 'kept';
}

function placedContent({ ids, lengths }: Pick<Content, 'ids' | 'lengths'>): PlacedContent {
  return { ids: joinIds(ids.map(idToBytes)), lengths };
}

/**
 * Goes through every tree that a snapshot reaches, each once, in worker threads, and holds what it refers to against
 * the index. Trees are known by their entry in the index: a byte for "seen", four for "waiting", whatever the
 * repository's size. Source: repository format, 18 (3).
 */
import { toDisplay } from '#base/byte-string.ts';
import { bytesToId, ID_BYTES, idAt, idToBytes, type BlobId } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { parseTree } from '#format/tree.ts';
import type { SealedBlob } from '#pipeline/job-types.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import { TreeInspection, type InspectedTrees, type NodeFaultCode } from '#pipeline/tree-inspection.ts';
import type { Repository } from '#repository/repository.ts';
import type { CheckTally } from './check-tally.ts';
import type { Losses } from './losses.ts';
import { reasonUnlessFatal, type SnapshotRoot } from './prepare.ts';

/** A message costs as much as looking through a few trees. */
const TREES_PER_JOB = 64;
const BYTES_PER_JOB = 1 << 20;
/** What restic's check does not look at: told, but not an error. */
const ODDITIES: ReadonlySet<NodeFaultCode> = new Set(['unsafeName', 'wrongOrder', 'duplicateName']);

/** A tree on its way through a worker. */
interface TreeUnderWay {
  readonly entry: number;
  readonly treeId: BlobId;
}

export class TreeCheck {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #tally: CheckTally;
  readonly #losses: Losses;
  readonly #signal: AbortSignal | undefined;
  /** Per entry of the index. */
  readonly #seen: Uint8Array;
  #waiting = new Uint32Array(1024);
  #waitingCount = 0;
  #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #found = 0;

  constructor(
    repository: Repository,
    pool: PipelinePool,
    tally: CheckTally,
    losses: Losses,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#pool = pool;
    this.#tally = tally;
    this.#losses = losses;
    this.#signal = signal;
    this.#seen = new Uint8Array(repository.index.entryCount);
  }

  /** @throws job.cancelled, storage errors that concern the whole place */
  async walk(roots: readonly SnapshotRoot[]): Promise<void> {
    for (const { treeId } of roots) this.#wait(idToBytes(treeId), 0);
    while (this.#waitingCount > 0 || this.#underWay.size > 0) {
      throwIfCancelled(this.#signal);
      if (this.#failure !== undefined) break;
      if (this.#waitingCount > 0 && this.#pool.freeSlots > 0) this.#start();
      else await Promise.race(this.#underWay);
    }
    await Promise.all(this.#underWay);
    throwIfCancelled(this.#signal);
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#tally.report('snapshots', this.#found, this.#found);
  }

  /** Notes a tree to be looked at, unless that has happened. */
  #wait(ids: Uint8Array, idOffset: number): void {
    const entry = this.#repository.index.findEntry('tree', ids, idOffset);
    if (entry < 0) {
      if (this.#losses.add('tree', ids, idOffset))
        this.#tally.addError({ code: 'treeMissing', treeId: idText(ids, idOffset) });
      return;
    }
    if (this.#seen[entry] === 1) return;
    this.#seen[entry] = 1;
    this.#found++;
    if (this.#waitingCount === this.#waiting.length) {
      const grown = new Uint32Array(this.#waiting.length * 2);
      grown.set(this.#waiting);
      this.#waiting = grown;
    }
    this.#waiting[this.#waitingCount++] = entry;
  }

  #start(): void {
    const job = this.#inspectNext().catch((error: unknown) => {
      this.#failure ??= { error };
    });
    this.#underWay.add(job);
    void job.then(() => this.#underWay.delete(job));
  }

  async #inspectNext(): Promise<void> {
    const trees = this.#takeWaiting();
    const loaded = await Promise.all(trees.map((tree) => this.#load(tree)));
    const inOrder = trees.filter((_tree, i) => loaded[i] !== undefined);
    const sealed = loaded.filter((blob) => blob !== undefined);
    const inspected = await this.#pool.run('inspectTrees', { trees: sealed });
    await this.#take(inOrder, inspected);
  }

  /** The deepest ones; few at a time while few are known, so that all workers get some. */
  #takeWaiting(): TreeUnderWay[] {
    const { index } = this.#repository;
    const share = Math.ceil(this.#waitingCount / (2 * this.#pool.workerCount));
    const most = Math.min(TREES_PER_JOB, share);
    const trees: TreeUnderWay[] = [];
    let bytes = 0;
    while (trees.length < most && bytes < BYTES_PER_JOB) {
      const entry = this.#waiting[--this.#waitingCount]!;
      const { id, length } = index.entryAt(entry);
      bytes += length;
      trees.push({ entry, treeId: bytesToId<BlobId>(id) });
    }
    return trees;
  }

  /** Undefined when the pack does not give it out; that is dealt with. */
  async #load(tree: TreeUnderWay): Promise<SealedBlob | undefined> {
    try {
      return await this.#repository.loadSealedBlob('tree', tree.treeId, this.#signal);
    } catch (error) {
      await this.#tryOtherPlaces(tree, reasonUnlessFatal(error));
      return undefined;
    }
  }

  async #take(trees: readonly TreeUnderWay[], inspected: InspectedTrees): Promise<void> {
    for (let at = 0; at < inspected.subtreeIds.length; at += ID_BYTES) this.#wait(inspected.subtreeIds, at);
    let file = 0;
    let blob = 0;
    for (const [i, { treeId }] of trees.entries()) {
      const firstFile = file;
      for (const end = file + inspected.fileCounts[i]!; file < end; file++) {
        const blobEnd = blob + inspected.contentCounts[file]!;
        const contentBytes = this.#checkContent(treeId, inspected.contentIds, blob, blobEnd);
        blob = blobEnd;
        const storedBytes = inspected.fileSizes[file]!;
        if (contentBytes !== undefined && contentBytes !== storedBytes)
          await this.#reportSize(treeId, file - firstFile, storedBytes, contentBytes);
      }
    }
    this.#tally.counts.files += file;
    this.#tally.counts.trees += trees.length - inspected.failures.length;
    for (const { tree, name, code: fault } of inspected.faults) {
      const { treeId } = trees[tree]!;
      if (ODDITIES.has(fault)) {
        this.#tally.addHint({ code: 'nodeOdd', treeId, name: toDisplay(name), fault });
      } else {
        this.#losses.addNode(treeId, name);
        this.#tally.addError({ code: 'nodeInvalid', treeId, name: toDisplay(name), fault });
      }
    }
    for (const { tree, reason } of inspected.failures) await this.#tryOtherPlaces(trees[tree]!, reason);
    this.#tally.report('snapshots', this.#tally.counts.trees, this.#found + 1);
  }

  /** Bytes of a file's content as the index has it; undefined when a blob is unknown. */
  #checkContent(treeId: BlobId, ids: Uint8Array, first: number, end: number): number | undefined {
    const { index } = this.#repository;
    let bytes: number | undefined = 0;
    for (let blob = first; blob < end; blob++) {
      const entry = index.findEntry('data', ids, blob * ID_BYTES);
      if (entry >= 0) {
        if (bytes !== undefined) bytes += index.plainBytesAt(entry);
        continue;
      }
      bytes = undefined;
      if (this.#losses.add('data', ids, blob * ID_BYTES))
        this.#tally.addError({ code: 'dataMissing', blobId: idText(ids, blob * ID_BYTES), treeId });
    }
    return bytes;
  }

  /** Rare, so the tree is read once more for the name. */
  async #reportSize(
    treeId: BlobId,
    fileNumber: number,
    storedBytes: number,
    contentBytes: number,
  ): Promise<void> {
    const { nodes } = parseTree(await this.#repository.loadBlob('tree', treeId, this.#signal));
    const node = nodes.filter(({ type, content }) => type === 'file' && content !== null)[fileNumber];
    const name = node === undefined ? '' : toDisplay(node.name);
    this.#tally.addHint({ code: 'fileSizeDiffers', treeId, name, storedBytes, contentBytes });
  }

  /** The first place is bad; another one saves the snapshot, but the damage stays an error. */
  async #tryOtherPlaces({ entry, treeId }: TreeUnderWay, reason: string): Promise<void> {
    const { index } = this.#repository;
    const packId = index.packIdOf(index.entryAt(entry).packNumber);
    this.#losses.addPlace(entry);
    let copy: InspectedTrees | undefined;
    if (index.findEntries('tree', idToBytes(treeId)).length > 1) copy = await this.#inspectCopy(treeId);
    const hasGoodCopy = copy !== undefined && copy.failures.length === 0;
    this.#tally.addError({ code: 'treeDamaged', treeId, packId, reason, hasGoodCopy });
    if (hasGoodCopy) await this.#take([{ entry, treeId }], copy!);
    else this.#losses.add('tree', idToBytes(treeId));
  }

  async #inspectCopy(treeId: BlobId): Promise<InspectedTrees | undefined> {
    try {
      const plain = await this.#repository.loadBlob('tree', treeId, this.#signal);
      const inspection = new TreeInspection();
      inspection.add(() => plain);
      return inspection.finish();
    } catch (error) {
      reasonUnlessFatal(error);
      return undefined;
    }
  }
}

function idText(ids: Uint8Array, idOffset: number): string {
  return bytesToId(idAt(ids, idOffset / ID_BYTES));
}

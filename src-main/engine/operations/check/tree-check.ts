/**
 * Goes through every tree that a snapshot reaches, each once, and holds what it refers to against the index. Trees are
 * inspected in worker threads: those that somebody reads anyway are learned beforehand, the others are asked for when the
 * walk comes to them. Trees are known by their entry in the index, a few bytes each. Source: repository format, 18 (3).
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { bytesToId, ID_BYTES, idToBytes, type BlobId } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { parseTree } from '#format/tree.ts';
import type { SealedBlob } from '#pipeline/job-types.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import { TreeInspection, type InspectedTrees, type NodeFaultCode } from '#pipeline/tree-inspection.ts';
import type { Repository } from '#repository/repository.ts';
import { NumberList } from '../number-list.ts';
import type { CheckTally } from './check-tally.ts';
import type { Losses } from './losses.ts';
import { reasonUnlessFatal, type SnapshotRoot } from './prepare.ts';

/** A message costs as much as looking through a few trees. */
const TREES_PER_JOB = 64;
const BYTES_PER_JOB = 1 << 20;
/** What restic's check does not look at: told, but not an error. */
const ODDITIES: ReadonlySet<NodeFaultCode> = new Set(['unsafeName', 'wrongOrder', 'duplicateName']);

/** What is wrong with or below a tree; told only when a snapshot reaches it. */
interface TreeTrouble {
  readonly missingTrees: Uint8Array[];
  readonly missingData: Uint8Array[];
  readonly faults: { readonly name: ByteString; readonly code: NodeFaultCode }[];
  /** Files by their number in the tree. */
  readonly sizes: { readonly file: number; readonly storedBytes: number; readonly contentBytes: number }[];
}

export class TreeCheck {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #tally: CheckTally;
  readonly #losses: Losses;
  readonly #signal: AbortSignal | undefined;
  /** Per entry of the index. */
  readonly #seen: Uint8Array;
  /** Per entry: where in `#links` its part begins, plus 1; 0 = not learned. */
  readonly #learnedAt: Uint32Array;
  /** Per learned tree: number of files, number of folders, the folders' entries. */
  readonly #links = new NumberList();
  readonly #troubles = new Map<number, TreeTrouble>();
  readonly #waiting = new NumberList();
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
    this.#learnedAt = new Uint32Array(repository.index.entryCount);
  }

  /** Takes in what trees refer to, whether a snapshot reaches them or not. Trees that failed stay unknown. */
  learn(entries: ArrayLike<number>, inspected: InspectedTrees): void {
    const failed = new Set(inspected.failures.map(({ tree }) => tree));
    let folder = 0;
    let file = 0;
    let blob = 0;
    for (let tree = 0; tree < entries.length; tree++) {
      const entry = entries[tree]!;
      const fileCount = inspected.fileCounts[tree]!;
      const folderCount = inspected.subtreeCounts[tree]!;
      const trouble: TreeTrouble = { missingTrees: [], missingData: [], faults: [], sizes: [] };
      const at = this.#links.length;
      this.#links.push(fileCount);
      this.#links.push(0);
      for (const end = folder + folderCount; folder < end; folder++)
        this.#link(inspected.subtreeIds, folder * ID_BYTES, trouble);
      this.#links.set(at + 1, this.#links.length - at - 2);
      for (let number = 0; number < fileCount; number++, file++) {
        const end = blob + inspected.contentCounts[file]!;
        this.#holdContent(inspected.contentIds, blob, end, number, inspected.fileSizes[file]!, trouble);
        blob = end;
      }
      if (failed.has(tree)) continue;
      this.#learnedAt[entry] = at + 1;
      if (isTrouble(trouble)) this.#troubles.set(entry, trouble);
    }
    for (const { tree, name, code } of inspected.faults) {
      const entry = entries[tree]!;
      if (!this.#troubles.has(entry))
        this.#troubles.set(entry, { missingTrees: [], missingData: [], faults: [], sizes: [] });
      this.#troubles.get(entry)!.faults.push({ name, code });
    }
  }

  /** @throws job.cancelled, storage errors that concern the whole place */
  async walk(roots: readonly SnapshotRoot[]): Promise<void> {
    for (const { treeId } of roots) this.#reachId(idToBytes(treeId));
    const unknown = new NumberList();
    for (;;) {
      throwIfCancelled(this.#signal);
      if (this.#failure !== undefined) break;
      if (this.#waiting.length > 0) {
        const entry = this.#waiting.pop();
        if (this.#learnedAt[entry] === 0) unknown.push(entry);
        else await this.#take(entry);
      } else if (unknown.length > 0 && this.#underWay.size < this.#pool.slotCount) {
        this.#start(this.#nextBatch(unknown));
      } else if (this.#underWay.size > 0) {
        await Promise.race(this.#underWay);
      } else {
        break;
      }
    }
    await Promise.all(this.#underWay);
    throwIfCancelled(this.#signal);
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#tally.report('snapshots', this.#found, this.#found);
  }

  #link(ids: Uint8Array, idOffset: number, trouble: TreeTrouble): void {
    const entry = this.#repository.index.findEntry('tree', ids, idOffset);
    if (entry >= 0) this.#links.push(entry);
    else trouble.missingTrees.push(ids.slice(idOffset, idOffset + ID_BYTES));
  }

  /** Are all blobs of a file known, and do they make up its size? */
  #holdContent(
    ids: Uint8Array,
    first: number,
    end: number,
    file: number,
    storedBytes: number,
    trouble: TreeTrouble,
  ): void {
    const { index } = this.#repository;
    let contentBytes = 0;
    let isComplete = true;
    for (let blob = first; blob < end; blob++) {
      const entry = index.findEntry('data', ids, blob * ID_BYTES);
      if (entry >= 0) {
        contentBytes += index.plainBytesAt(entry);
      } else {
        isComplete = false;
        trouble.missingData.push(ids.slice(blob * ID_BYTES, (blob + 1) * ID_BYTES));
      }
    }
    if (isComplete && contentBytes !== storedBytes) trouble.sizes.push({ file, storedBytes, contentBytes });
  }

  #reachId(id: Uint8Array): void {
    const entry = this.#repository.index.findEntry('tree', id);
    if (entry >= 0) this.#reach(entry);
    else if (this.#losses.add('tree', id))
      this.#tally.addError({ code: 'treeMissing', treeId: bytesToId(id) });
  }

  /** Notes a tree to be looked at, unless that has happened. */
  #reach(entry: number): void {
    if (this.#seen[entry] === 1) return;
    this.#seen[entry] = 1;
    this.#found++;
    this.#waiting.push(entry);
  }

  /** A learned tree that a snapshot reaches. */
  async #take(entry: number): Promise<void> {
    const { counts } = this.#tally;
    const at = this.#learnedAt[entry]! - 1;
    counts.trees++;
    counts.files += this.#links.get(at);
    const end = at + 2 + this.#links.get(at + 1);
    for (let i = at + 2; i < end; i++) this.#reach(this.#links.get(i));
    const trouble = this.#troubles.get(entry);
    if (trouble !== undefined) await this.#tell(this.#treeId(entry), trouble);
    this.#tally.report('snapshots', counts.trees, this.#found + 1);
  }

  async #tell(treeId: BlobId, { missingTrees, missingData, faults, sizes }: TreeTrouble): Promise<void> {
    for (const id of missingTrees) this.#reachId(id);
    for (const id of missingData) {
      if (this.#losses.add('data', id))
        this.#tally.addError({ code: 'dataMissing', blobId: bytesToId(id), treeId });
    }
    for (const { name, code: fault } of faults) {
      if (ODDITIES.has(fault)) {
        this.#tally.addHint({ code: 'nodeOdd', treeId, name: toDisplay(name), fault });
      } else {
        this.#losses.addNode(treeId, name);
        this.#tally.addError({ code: 'nodeInvalid', treeId, name: toDisplay(name), fault });
      }
    }
    if (sizes.length === 0) return;
    // Rare, so the tree is read once more for the names.
    const { nodes } = parseTree(await this.#repository.loadBlob('tree', treeId, this.#signal));
    const files = nodes.filter(({ type, content }) => type === 'file' && content !== null);
    for (const { file, storedBytes, contentBytes } of sizes) {
      const node = files[file];
      const name = node === undefined ? '' : toDisplay(node.name);
      this.#tally.addHint({ code: 'fileSizeDiffers', treeId, name, storedBytes, contentBytes });
    }
  }

  #treeId(entry: number): BlobId {
    return bytesToId<BlobId>(this.#repository.index.entryAt(entry).id);
  }

  /** The last ones; few at a time while few are known, so that all workers get some. */
  #nextBatch(unknown: NumberList): number[] {
    const share = Math.ceil(unknown.length / (2 * this.#pool.workerCount));
    const most = Math.min(TREES_PER_JOB, share);
    const entries: number[] = [];
    let bytes = 0;
    while (entries.length < most && bytes < BYTES_PER_JOB) {
      const entry = unknown.pop();
      bytes += this.#repository.index.entryAt(entry).length;
      entries.push(entry);
    }
    return entries;
  }

  #start(entries: readonly number[]): void {
    const job = this.#inspect(entries).catch((error: unknown) => {
      this.#failure ??= { error };
    });
    this.#underWay.add(job);
    void job.then(() => this.#underWay.delete(job));
  }

  async #inspect(entries: readonly number[]): Promise<void> {
    const loaded = await Promise.all(entries.map((entry) => this.#load(entry)));
    const given = entries.filter((_entry, i) => loaded[i] !== undefined);
    const inspected = await this.#pool.run('inspectTrees', {
      trees: loaded.filter((blob) => blob !== undefined),
    });
    this.learn(given, inspected);
    for (const { tree, reason } of inspected.failures) await this.#tryOtherPlaces(given[tree]!, reason);
    for (const entry of entries) if (this.#learnedAt[entry] !== 0) this.#waiting.push(entry);
  }

  /** Undefined when the pack does not give it out; that is dealt with. */
  async #load(entry: number): Promise<SealedBlob | undefined> {
    try {
      return await this.#repository.loadSealedBlob('tree', this.#treeId(entry), this.#signal);
    } catch (error) {
      await this.#tryOtherPlaces(entry, reasonUnlessFatal(error));
      return undefined;
    }
  }

  /** The first place is bad; another one saves the snapshot, but the damage stays an error. */
  async #tryOtherPlaces(entry: number, reason: string): Promise<void> {
    const { index } = this.#repository;
    const treeId = this.#treeId(entry);
    const packId = index.packIdOf(index.entryAt(entry).packNumber);
    this.#losses.addPlace(entry);
    const hasOthers = index.findEntries('tree', idToBytes(treeId)).length > 1;
    const copy = hasOthers ? await this.#inspectCopy(treeId) : undefined;
    const hasGoodCopy = copy !== undefined && copy.failures.length === 0;
    this.#tally.addError({ code: 'treeDamaged', treeId, packId, reason, hasGoodCopy });
    if (hasGoodCopy) this.learn([entry], copy);
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

function isTrouble({ missingTrees, missingData, faults, sizes }: TreeTrouble): boolean {
  return missingTrees.length + missingData.length + faults.length + sizes.length > 0;
}

/**
 * Where changed trees go: nowhere when only the plan is wanted, or through the pipeline into packs. A tree that the repository
 * says it has is taken at its word only when it opens: what replaces damage must not rest on damage.
 * Bounded: as many store jobs at a time as keep the workers busy. Nothing is started before the first tree comes.
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToId, ID_BYTES, type BlobId } from '#base/ids.ts';
import { invariant, isTidemarkError } from '#base/errors.ts';
import { encodeTree } from '#format/tree.ts';
import { BlobIndex } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import { openWritingPool, type WritingPool } from '../open-writing-pool.ts';
import type { PipelineHost } from '../pipeline-host.ts';

export interface TreeSink {
  /**
   * Takes a tree as its nodes' canonical JSON and gives its id. It is durable only after `finish`.
   * @throws FormatError when the names are not strictly ascending; whatever stopped an earlier tree from being stored
   */
  put(nodeTexts: readonly ByteString[]): Promise<BlobId>;
}

/** Only tells what the ids would be. */
export class PlannedTrees implements TreeSink {
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  put(nodeTexts: readonly ByteString[]): Promise<BlobId> {
    const id = this.#repository.ports.primitives.sha256(encodeTree(nodeTexts));
    return Promise.resolve(bytesToId<BlobId>(id));
  }
}

/** A message costs as much as storing a few trees. */
const TREES_PER_JOB = 64;
const TEXT_PER_JOB = 1 << 20;

export class StoredTrees implements TreeSink {
  readonly #repository: Repository;
  readonly #pipeline: PipelineHost;
  readonly #scope: WriteScope;
  readonly #signal: AbortSignal | undefined;
  #writing: WritingPool | undefined;
  /** Only its set of claims is used: trees that were sent. */
  readonly #sent = new BlobIndex();
  #batch: { readonly texts: ByteString[]; readonly ids: BlobId[]; length: number } = emptyBatch();
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(
    repository: Repository,
    pipeline: PipelineHost,
    scope: WriteScope,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#pipeline = pipeline;
    this.#scope = scope;
    this.#signal = signal;
  }

  async put(nodeTexts: readonly ByteString[]): Promise<BlobId> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const idBytes = this.#repository.ports.primitives.sha256(encodeTree(nodeTexts));
    const id = bytesToId<BlobId>(idBytes);
    if (this.#sent.has('tree', idBytes) || (await this.#isStoredWhole(id, idBytes))) return id;
    this.#sent.claim('tree', idBytes);
    const text = nodeTexts.join(',') as ByteString;
    this.#batch.texts.push(text);
    this.#batch.ids.push(id);
    this.#batch.length += text.length;
    if (this.#batch.texts.length >= TREES_PER_JOB || this.#batch.length >= TEXT_PER_JOB)
      await this.#sendBatch();
    return id;
  }

  /** Makes everything durable and names it in the index. Writes nothing when nothing came. */
  async finish(): Promise<void> {
    await this.#sendBatch();
    await Promise.all(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure.error;
    await this.#writing?.finish();
  }

  async close(): Promise<void> {
    await this.#writing?.pool.close();
    await Promise.all(this.#underWay);
  }

  async #isStoredWhole(id: BlobId, idBytes: Uint8Array): Promise<boolean> {
    if (!this.#repository.index.has('tree', idBytes)) return false;
    try {
      await this.#repository.loadBlob('tree', id, this.#signal);
      return true;
    } catch (error) {
      if (isTidemarkError(error, 'integrity.blobCorrupt') || isTidemarkError(error, 'integrity.blobMissing'))
        return false;
      throw error;
    }
  }

  async #sendBatch(): Promise<void> {
    const { texts, ids } = this.#batch;
    if (texts.length === 0) return;
    this.#batch = emptyBatch();
    // Every tree comes here once, and those that are there already do not: all are new.
    this.#writing ??= openWritingPool(this.#repository, this.#pipeline, this.#scope, (_type, asked) =>
      new Uint8Array(asked.length / ID_BYTES).fill(1),
    );
    const { pool } = this.#writing;
    while (this.#underWay.size >= pool.slotCount) await Promise.race(this.#underWay);
    const job = pool
      .run('storeTrees', { nodeTexts: texts })
      .then(({ ids: stored }) => {
        invariant(bytesToId(stored) === ids.join(''), 'a stored tree has another id than it was given');
      })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
    this.#underWay.add(job);
    void job.then(() => this.#underWay.delete(job));
  }
}

function emptyBatch(): { texts: ByteString[]; ids: BlobId[]; length: number } {
  return { texts: [], ids: [], length: 0 };
}

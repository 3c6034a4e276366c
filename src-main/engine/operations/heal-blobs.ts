/**
 * Gets lost blobs back from where the same content still is: another repository, or live files, which are cut and hashed as a
 * backup does. A blob is its hash, so what is found is what was lost, or it is not taken. Stores the found ones anew, whatever
 * the index says of their old places; removes nothing. Repositories are asked first: they cost less than reading files.
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToId, ID_BYTES, type BlobId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { toDisplay } from '#base/byte-string.ts';
import type { FileStat, SourceFiles } from '#files/port.ts';
import { BlobSink } from '#pipeline/blob-sink.ts';
import type { FileToRead } from '#pipeline/scan-types.ts';
import type { BlobType, UnfinishedPack } from '#pipeline/protocol.ts';
import type { ScanSettings } from '#pipeline/scan-settings.ts';
import { BlobIndex } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import { joinPath } from './find-in-snapshot.ts';
import { openWritingPool, writingSettings } from './open-writing-pool.ts';
import type { PipelineHost } from './pipeline-host.ts';
import { underLock } from './under-lock.ts';

export interface HealParts {
  /** Its index is loaded. Lost blobs may stand in it, at places that are bad. */
  readonly repository: Repository;
  /** Of a lock that is held. */
  readonly scope: WriteScope;
  readonly pipeline: PipelineHost;
  readonly files: SourceFiles;
}

export interface BlobName {
  readonly type: BlobType;
  /** 32 bytes. */
  readonly id: Uint8Array;
}

export interface HealSources {
  /** Opened, index not loaded. Each gets a shared lock while it is read, unless `noLock`. */
  readonly repositories: readonly Repository[];
  readonly noLock?: boolean;
  /** Folders or files, absolute. */
  readonly paths: readonly ByteString[];
  /** Is a file worth reading? All are when absent. */
  readonly mayHold?: (path: ByteString, sizeBytes: number) => boolean;
}

export interface HealObserver {
  readonly onProgress?: (healed: number, total: number) => void;
  /** A file or folder that could not be read; the work goes on. `code` as the system's. */
  readonly onProblem?: (path: ByteString, code: string) => void;
}

export interface HealResult {
  /** Durable now, and named in an index. */
  readonly healed: readonly BlobName[];
}

/**
 * @throws files.sourceMissing for a path that is not there; what opening another repository throws; repository.locked of
 * another repository; repository.lockLost, integrity.memoryFault, job.cancelled, storage errors
 */
export async function healBlobs(
  parts: HealParts,
  lost: Iterable<BlobName>,
  sources: HealSources,
  observer: HealObserver = {},
  signal?: AbortSignal,
): Promise<HealResult> {
  const search = new Search(lost, observer);
  for (const path of sources.paths) statOf(parts.files, path);
  for (const source of sources.repositories)
    if (!search.isDone) await healFromRepository(parts, source, search, sources.noLock === true, signal);
  if (sources.paths.length > 0 && search.wantsData) await healFromFiles(parts, sources, search, signal);
  return { healed: search.healed() };
}

/** What is still looked for. */
class Search {
  /** Only the sets of claims are used. */
  readonly #wanted = new BlobIndex();
  readonly #found = new BlobIndex();
  readonly #observer: HealObserver;
  #dataLeft = 0;

  constructor(lost: Iterable<BlobName>, observer: HealObserver) {
    this.#observer = observer;
    for (const { type, id } of lost) if (this.#wanted.claim(type, id) && type === 'data') this.#dataLeft++;
  }

  get isDone(): boolean {
    return this.#found.entryCount === this.#wanted.entryCount;
  }

  get wantsData(): boolean {
    return this.#dataLeft > 0;
  }

  /** True once for each blob that is looked for: it is to be stored then. */
  take(type: BlobType, ids: Uint8Array, idOffset: number): boolean {
    if (!this.#wanted.has(type, ids, idOffset) || !this.#found.claim(type, ids, idOffset)) return false;
    if (type === 'data') this.#dataLeft--;
    this.#observer.onProgress?.(this.#found.entryCount, this.#wanted.entryCount);
    return true;
  }

  /** Those not found yet. */
  *open(): Generator<BlobName> {
    for (let entry = 0; entry < this.#wanted.entryCount; entry++) {
      const { type, id } = this.#wanted.entryAt(entry);
      if (!this.#found.has(type, id)) yield { type, id };
    }
  }

  healed(): BlobName[] {
    return Array.from({ length: this.#found.entryCount }, (_blob, entry) => {
      const { type, id } = this.#found.entryAt(entry);
      return { type, id: id.slice() };
    });
  }

  tellProblem(path: ByteString, error: unknown): void {
    this.#observer.onProblem?.(path, codeOf(error));
  }
}

function healFromRepository(
  parts: HealParts,
  source: Repository,
  search: Search,
  noLock: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  return underLock(source, { exclusive: false, noLock }, signal, async (stop) => {
    await source.loadIndex({ signal: stop, keepGoing: true });
    const store = new DirectStore(parts);
    for (const { type, id } of search.open()) {
      throwIfCancelled(stop);
      if (!source.index.has(type, id)) continue;
      const plain = await loadIfWhole(source, type, bytesToId<BlobId>(id), stop);
      if (plain !== undefined && search.take(type, id, 0)) await store.add(type, plain, id.slice());
    }
    await store.finish();
  });
}

async function loadIfWhole(
  source: Repository,
  type: BlobType,
  id: BlobId,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  try {
    return await source.loadBlob(type, id, signal);
  } catch (error) {
    if (isTidemarkError(error, 'integrity.blobCorrupt') || isTidemarkError(error, 'integrity.blobMissing'))
      return undefined;
    throw error;
  }
}

/** Seals in this thread: there are few lost blobs, and they come one by one. */
class DirectStore {
  readonly #scope: WriteScope;
  readonly #sink: BlobSink;
  readonly #packSizeBytes: number;
  readonly #uploads: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor({ repository, scope }: HealParts) {
    const settings = writingSettings(repository, 1);
    this.#scope = scope;
    this.#packSizeBytes = settings.packSizeBytes;
    this.#sink = new BlobSink(settings, repository.codec, repository.ports.primitives, {
      claim: (_type, ids) => Promise.resolve(new Uint8Array(ids.length / ID_BYTES).fill(1)),
      sendPack: (pack) => {
        const upload = scope.storePack(pack).catch((error: unknown) => {
          this.#failure ??= { error };
        });
        // Also after a failure, or whoever waits for room would wait for ever.
        this.#uploads.push(upload.then(() => this.#sink.packDone(undefined)));
      },
    });
  }

  async add(type: BlobType, plain: Uint8Array, id: Uint8Array): Promise<void> {
    await this.#sink.store(type, [plain], [id]);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async finish(): Promise<void> {
    const leftovers: UnfinishedPack[] = this.#sink.flush();
    await Promise.all(this.#uploads);
    if (this.#failure !== undefined) throw this.#failure.error;
    await this.#scope.finish(leftovers, this.#packSizeBytes);
  }
}

/** Files per job, and bytes after which a job is full. */
const FILES_PER_READ = 64;
const BYTES_PER_READ = 16 << 20;

const READ_SETTINGS: ScanSettings = {
  ignoreInode: false,
  ignoreCtime: false,
  withAtime: false,
  trustsParentAttributes: false,
  onlyDevices: undefined,
  exclude: { patterns: [] },
  folderTags: [],
  excludeLargerThanBytes: undefined,
};

async function healFromFiles(
  { repository, scope, pipeline, files }: HealParts,
  { paths, mayHold }: HealSources,
  search: Search,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { pool, finish } = openWritingPool(repository, pipeline, scope, (type, ids) => {
    const isTaken = new Uint8Array(ids.length / ID_BYTES);
    for (let i = 0; i < isTaken.length; i++) if (search.take(type, ids, i * ID_BYTES)) isTaken[i] = 1;
    return isTaken;
  });
  const stopPool = (): void => void pool.close();
  signal?.addEventListener('abort', stopPool);
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const read = async (batch: readonly FileToRead[]): Promise<void> => {
    const { files: results } = await pool.run('read', { files: batch, settings: READ_SETTINGS });
    for (const [i, result] of results.entries())
      if (result.kind === 'failed') search.tellProblem(batch[i]!.path, { code: result.code });
  };
  try {
    for await (const batch of batches(candidates(files, paths, mayHold, search, signal))) {
      throwIfCancelled(signal);
      if (failure !== undefined || !search.wantsData) break;
      while (underWay.size >= pool.slotCount) await Promise.race(underWay);
      const job = read(batch).catch((error: unknown) => {
        failure ??= { error };
      });
      underWay.add(job);
      void job.then(() => underWay.delete(job));
    }
    await Promise.all(underWay);
    throwIfCancelled(signal);
    if (failure !== undefined) throw failure.error;
    await finish();
  } finally {
    signal?.removeEventListener('abort', stopPool);
    await pool.close();
    await Promise.all(underWay);
  }
}

interface Candidate extends FileToRead {
  readonly sizeBytes: number;
}

async function* batches(found: AsyncIterable<Candidate>): AsyncGenerator<FileToRead[]> {
  let batch: FileToRead[] = [];
  let bytes = 0;
  for await (const { path, name, sizeBytes } of found) {
    batch.push({ path, name });
    bytes += sizeBytes;
    if (batch.length < FILES_PER_READ && bytes < BYTES_PER_READ) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Regular files at and below the paths that may hold something; links are not followed. */
async function* candidates(
  files: SourceFiles,
  paths: readonly ByteString[],
  mayHold: HealSources['mayHold'],
  search: Search,
  signal: AbortSignal | undefined,
): AsyncGenerator<Candidate> {
  const waiting = paths.toReversed();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    throwIfCancelled(signal);
    try {
      const { kind, sizeBytes } = files.stat(path);
      if (kind === 'dir') {
        const folder = path;
        waiting.push(...files.list(folder).map((name) => joinPath(folder, name)));
        // Looking is synchronous: others must get their turn, a cancel too.
        await new Promise((resolve) => void setImmediate(resolve));
        continue;
      }
      const isWorth = kind === 'file' && sizeBytes > 0 && (mayHold?.(path, sizeBytes) ?? true);
      if (!isWorth) continue;
      const name = path.slice(path.lastIndexOf('/') + 1) as ByteString;
      yield { path, name, sizeBytes };
    } catch (error) {
      if (isTidemarkError(error)) throw error;
      search.tellProblem(path, error);
    }
  }
}

/** @throws files.sourceMissing, files.unreadable */
function statOf(files: SourceFiles, path: ByteString): FileStat {
  try {
    return files.stat(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new TidemarkError('files.sourceMissing', { path: toDisplay(path) }, { cause: error });
    throw new TidemarkError(
      'files.unreadable',
      { path: toDisplay(path), reason: code },
      { cause: error, retry: 'afterUser' },
    );
  }
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'EIO';
}

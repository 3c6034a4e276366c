/**
 * A worker's way to store blobs: asks the core which are new, seals those into open packs, hands full packs up.
 * There are at least two open packs per blob kind and it is chance which of them gets a blob, so that pack sizes do not
 * tell chunk sizes (repository format, 7.2). Bounded: when as many packs as the settings say are on their way, sealing waits.
 */
import { idAt, joinIds } from '#base/ids.ts';
import type { BlobCodec, Primitives } from '#format/primitives.ts';
import { finishPack } from './finish-pack.ts';
import { OpenPack } from './open-pack.ts';
import type { BlobType, FinishedPack, UnfinishedPack, WorkerSettings } from './protocol.ts';
import type { StoredCounts } from './job-types.ts';

/**
 * Packs of very small blobs are closed early. The format allows 400 000, but a pack is described whole in one index
 * file, and those are made in memory.
 */
const MAX_BLOBS_PER_PACK = 10_000;
/** Over all workers; a worker has its share, at least one. Which worker meets which blob is chance enough with several. */
const OPEN_PACKS_PER_TYPE = 2;

/** What the sink needs of the thread's messages. */
export interface SinkPort {
  claim(blobType: BlobType, ids: Uint8Array): Promise<Uint8Array>;
  sendPack(pack: FinishedPack): void;
}

/** A blob's plaintext, valid until the next one is opened. */
export interface OpenedBlob {
  readonly plain: Uint8Array;
  /** The blob as it can be put into a pack as it is. */
  readonly sealed?: { readonly bytes: Uint8Array; readonly uncompressedLength: number };
}

export class BlobSink {
  readonly #settings: WorkerSettings;
  readonly #codec: BlobCodec;
  readonly #primitives: Primitives;
  readonly #port: SinkPort;
  readonly #open: Record<BlobType, OpenPack[]> = { data: [], tree: [] };
  readonly #packsUnderWay: number;
  #packsInFlight = 0;
  #hasSentData = false;
  #waiting: (() => void)[] = [];
  #spareBuffers: ArrayBuffer[] = [];

  constructor(settings: WorkerSettings, codec: BlobCodec, primitives: Primitives, port: SinkPort) {
    this.#settings = settings;
    this.#codec = codec;
    this.#primitives = primitives;
    this.#port = port;
    this.#packsUnderWay = settings.packsUnderWay ?? 1;
    const share = Math.max(1, Math.ceil(OPEN_PACKS_PER_TYPE / settings.workerCount));
    for (let i = 0; i < share; i++) {
      this.#open.data.push(new OpenPack('data', settings.packSizeBytes));
      this.#open.tree.push(new OpenPack('tree', settings.packSizeBytes));
    }
  }

  /**
   * Stores those of the blobs that the repository does not have. `ids[i]` is that of `plains[i]`; the plains must stay
   * unchanged until the promise resolves. Resolves when all are sealed, not when they are durable.
   * @throws TidemarkError integrity.memoryFault
   */
  async store(
    blobType: BlobType,
    plains: readonly Uint8Array[],
    ids: readonly Uint8Array[],
  ): Promise<StoredCounts> {
    if (plains.length === 0) return { blobs: 0, bytes: 0, packedBytes: 0 };
    return this.storeEach(blobType, joinIds(ids), (index) => ({ plain: plains[index]! }));
  }

  /**
   * As `store`, for blobs that are opened one after another in the same memory. `open` is called for those that are new,
   * in order, right before each is stored; what it cannot open it passes over.
   */
  async storeEach(
    blobType: BlobType,
    ids: Uint8Array,
    open: (index: number) => OpenedBlob | undefined,
  ): Promise<StoredCounts> {
    const isNew = await this.#port.claim(blobType, ids);
    let blobs = 0;
    let bytes = 0;
    let packedBytes = 0;
    for (let index = 0; index < isNew.length; index++) {
      if (isNew[index] !== 1) continue;
      while (this.#packsInFlight >= this.#packsUnderWay) await this.#packDurable();
      const opened = open(index);
      if (opened === undefined) continue;
      const { plain, sealed } = opened;
      const id = idAt(ids, index);
      bytes += plain.length;
      packedBytes +=
        sealed === undefined
          ? this.#seal(blobType, plain, id)
          : this.#take(blobType, sealed.bytes, sealed.uncompressedLength, id);
      blobs++;
    }
    return { blobs, bytes, packedBytes };
  }

  /** Called when a pack that was sent is durable. */
  packDone(buffer: ArrayBuffer | undefined): void {
    this.#packsInFlight--;
    if (buffer !== undefined && this.#spareBuffers.length < this.#packsUnderWay)
      this.#spareBuffers.push(buffer);
    // All of them: whoever goes on first may seal its blobs without filling a pack and wake nobody.
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Gives up everything that is not in a finished pack. */
  flush(): UnfinishedPack[] {
    this.#spareBuffers = [];
    return [...this.#open.data, ...this.#open.tree]
      .filter((pack) => !pack.isEmpty)
      .map((pack) => pack.take());
  }

  #seal(blobType: BlobType, plain: Uint8Array, id: Uint8Array): number {
    const pack = this.#choosePack(blobType);
    const offset = pack.sizeBytes;
    const out = pack.reserve(this.#codec.maxSealedBytes(plain.length));
    const { compression, repositoryVersion } = this.#settings;
    const compress = repositoryVersion === 2 && (blobType === 'tree' || compression !== 'off');
    const sealed = this.#codec.seal(plain, id, out, offset, compress);
    this.#add(pack, id, sealed.sealedLength, sealed.uncompressedLength);
    return sealed.sealedLength;
  }

  #take(blobType: BlobType, bytes: Uint8Array, uncompressedLength: number, id: Uint8Array): number {
    const pack = this.#choosePack(blobType);
    const offset = pack.sizeBytes;
    pack.reserve(bytes.length).set(bytes, offset);
    this.#add(pack, id, bytes.length, uncompressedLength);
    return bytes.length;
  }

  #add(pack: OpenPack, id: Uint8Array, sealedLength: number, uncompressedLength: number): void {
    pack.add(id, sealedLength, uncompressedLength);
    if (pack.sizeBytes >= this.#fullBytes(pack.blobType) || pack.blobCount >= MAX_BLOBS_PER_PACK)
      this.#send(pack);
  }

  #fullBytes(blobType: BlobType): number {
    const { packSizeBytes, firstPackBytes = packSizeBytes } = this.#settings;
    return blobType === 'data' && !this.#hasSentData ? firstPackBytes : packSizeBytes;
  }

  #choosePack(blobType: BlobType): OpenPack {
    const packs = this.#open[blobType];
    const choice = packs.length === 1 ? 0 : this.#primitives.randomBytes(1)[0]! % packs.length;
    const pack = packs[choice]!;
    const spare = blobType === 'data' && pack.isEmpty ? this.#spareBuffers.pop() : undefined;
    if (spare !== undefined && !pack.adopt(spare)) this.#spareBuffers.push(spare);
    return pack;
  }

  #send(pack: OpenPack): void {
    this.#packsInFlight++;
    if (pack.blobType === 'data') this.#hasSentData = true;
    this.#port.sendPack(finishPack(this.#primitives, this.#settings.keys, pack.take()));
  }

  #packDurable(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

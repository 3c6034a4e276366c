/** Blobs that go from pack to pack: with the same keys and other ones, compressed or not, whole or damaged. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { bytesToId, idAt, joinIds } from '#base/ids.ts';
import type { CryptoKeys } from '#format/primitives.ts';
import type { PackEntries } from '#pipeline/job-types.ts';
import { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { PackContents, WorkerSettings } from '#pipeline/protocol.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';

const KEYS = makeKeys();
const OTHER_KEYS = makeKeys();
const TEXT = Buffer.from('all work and no play '.repeat(2_000));
const NOISE = randomBytes(200_000);
const TREE = Buffer.from('{"nodes":[]}\n'.padEnd(500, ' '));

const pools: PipelinePool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function makeKeys(): CryptoKeys {
  return { encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) };
}

function idOf(plain: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(plain).digest());
}

interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly blobs: PackEntries;
}

/** The blobs as they lie in a pack of a repository. */
function makePart(
  keys: CryptoKeys,
  plains: readonly Uint8Array[],
  compress: boolean,
  trees: number[] = [],
): Part {
  const codec = createBlobCodec(keys, { compression: 'auto', verify: false });
  const parts: Uint8Array[] = [];
  const numbers: number[] = [];
  let at = 0;
  for (const plain of plains) {
    const room = new Uint8Array(codec.maxSealedBytes(plain.length));
    const { sealedLength, uncompressedLength } = codec.seal(plain, idOf(plain), room, 0, compress);
    parts.push(room.subarray(0, sealedLength));
    numbers.push(at, sealedLength, uncompressedLength);
    at += sealedLength;
  }
  const isTree = Uint8Array.from(plains, (_plain, i) => (trees.includes(i) ? 1 : 0));
  const blobs = { ids: joinIds(plains.map(idOf)), isTree, numbers: Uint32Array.from(numbers) };
  return { bytes: new Uint8Array(Buffer.concat(parts)), blobs };
}

function openPool(
  settings: Partial<WorkerSettings>,
  isNew: (id: string) => boolean = () => true,
): PipelinePool {
  const pool = new PipelinePool(
    {
      startWorker: () => inThreadPipeline.startWorker(),
      claim: (_type, ids) =>
        Uint8Array.from({ length: ids.length / 32 }, (_, i) => (isNew(bytesToId(idAt(ids, i))) ? 1 : 0)),
      storePack: () => Promise.reject(new Error('no pack is full here')),
      onBytesRead: () => undefined,
    },
    {
      keys: KEYS,
      repositoryVersion: 2,
      chunkerPolynomial: 0x3da3358b4dc173n,
      compression: 'auto',
      packSizeBytes: 16 << 20,
      workerCount: 1,
      ...settings,
    },
    1,
  );
  pools.push(pool);
  return pool;
}

/** Runs one part through a worker: what it packed, opened with the destination's keys. */
async function repack(pool: PipelinePool, { bytes, blobs }: Part) {
  const sealedBefore = bytes.slice();
  const output = await pool.run('repack', { bytes, blobs }, [bytes.buffer]);
  const packs = await pool.flush();
  const opened = packs.flatMap((pack) => openAll(pack, pack.bytes, sealedBefore));
  return { ...output, opened };
}

function openAll({ blobType, ids, places }: PackContents, bytes: Uint8Array, before: Uint8Array) {
  const codec = createBlobCodec(KEYS, { compression: 'auto', verify: false });
  return Array.from({ length: places.length / 3 }, (_, i) => {
    const [offset, length, uncompressed] = places.subarray(i * 3, i * 3 + 3);
    const sealed = bytes.subarray(offset, offset! + length!);
    const plain = Buffer.from(codec.open(sealed, uncompressed!, idAt(ids, i)));
    const isSameSealed = Buffer.from(before).includes(Buffer.from(sealed));
    return { blobType, plain, isCompressed: uncompressed !== 0, isSameSealed };
  });
}

function lengths(blobs: readonly { readonly plain: Uint8Array }[]): number[] {
  return blobs.map(({ plain }) => plain.length).toSorted((a, b) => a - b);
}

it('takes sealed bytes over where keys and form stay the same', async () => {
  const { opened, stored, failures } = await repack(openPool({}), makePart(KEYS, [TEXT, TREE], true, [1]));
  expect(failures).toEqual([]);
  expect(opened).toHaveLength(2);
  expect(opened.every(({ isSameSealed, isCompressed }) => isSameSealed && isCompressed)).toBe(true);
  expect(opened.find(({ blobType }) => blobType === 'tree')!.plain).toEqual(TREE);
  expect(stored.data).toMatchObject({ blobs: 1, bytes: TEXT.length });
  expect(stored.tree).toMatchObject({ blobs: 1, bytes: TREE.length });
});

it('seals anew for other keys', async () => {
  const pool = openPool({ sourceKeys: OTHER_KEYS });
  const { opened } = await repack(pool, makePart(OTHER_KEYS, [TEXT, NOISE, TREE], true, [2]));
  expect(lengths(opened)).toEqual(lengths([TEXT, NOISE, TREE].map((plain) => ({ plain }))));
  expect(opened.some(({ isSameSealed }) => isSameSealed)).toBe(false);
});

it.each([
  ['version 2', { repositoryVersion: 2, compression: 'auto' }, false, [true, true]],
  ['version 2 without compression', { repositoryVersion: 2, compression: 'off' }, false, [false, true]],
  ['version 1 from compressed', { repositoryVersion: 1 }, true, [false, false]],
  ['version 1', { repositoryVersion: 1 }, false, [false, false]],
] as const)(
  'gives blobs the form of the destination: %s',
  async (_name, settings, isCompressed, expected) => {
    const { opened } = await repack(openPool(settings), makePart(KEYS, [TEXT, TREE], isCompressed, [1]));
    const forms = ['data', 'tree'].map(
      (type) => opened.find(({ blobType }) => blobType === type)!.isCompressed,
    );
    expect(forms).toEqual(expected);
  },
);

it('stores only what is new', async () => {
  const known = bytesToId(idOf(TEXT));
  const pool = openPool({}, (id) => id !== known);
  const { opened, stored } = await repack(pool, makePart(KEYS, [TEXT, NOISE], true));
  expect(opened.map(({ plain }) => plain)).toEqual([NOISE]);
  expect(stored.data.blobs).toBe(1);
});

it('tells damaged blobs by their place and stores the others', async () => {
  const part = makePart(KEYS, [TEXT, NOISE, TREE], true, [2]);
  part.bytes[part.blobs.numbers[3]! + 50]! ^= 1;
  const { opened, failures } = await repack(openPool({}), part);
  expect(failures.map(({ position }) => position)).toEqual([1]);
  expect(lengths(opened)).toEqual(lengths([{ plain: TEXT }, { plain: TREE }]));
});

it('does not take one blob for another', async () => {
  const part = makePart(KEYS, [TEXT, NOISE], true);
  const swapped = { ...part.blobs, ids: joinIds([idOf(NOISE), idOf(TEXT)]) };
  const { opened, failures } = await repack(openPool({}), { bytes: part.bytes, blobs: swapped });
  expect(failures).toHaveLength(2);
  expect(opened).toEqual([]);
});

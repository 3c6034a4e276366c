/** When a thread hands a pack up. */
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { BlobSink } from '#pipeline/blob-sink.ts';
import type { BlobType, WorkerSettings } from '#pipeline/protocol.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';

const SETTINGS: WorkerSettings = {
  keys: { encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) },
  repositoryVersion: 2,
  chunkerPolynomial: 0x3da3358b4dc173n,
  compression: 'off',
  packSizeBytes: 100_000,
  workerCount: 2,
};
const BLOB_BYTES = 10_000;

/** How many blobs are in each pack that is handed up, of so many stored. */
async function packsOf(settings: WorkerSettings, blobType: BlobType, blobCount: number): Promise<number[]> {
  const packs: number[] = [];
  const codec = createBlobCodec(settings.keys, { compression: 'auto', verify: true });
  const sink: BlobSink = new BlobSink(settings, codec, createPrimitives(), {
    claim: (_type, ids) => Promise.resolve(new Uint8Array(ids.length / 32).fill(1)),
    sendPack: (pack) => {
      packs.push(pack.ids.length / 32);
      setImmediate(() => sink.packDone(undefined));
    },
  });
  const plains = Array.from({ length: blobCount }, () => new Uint8Array(randomBytes(BLOB_BYTES)));
  const ids = plains.map((plain) => new Uint8Array(createHash('sha256').update(plain).digest()));
  await sink.store(blobType, plains, ids);
  return packs;
}

it('the first pack of file contents may be smaller, all others are whole', async () => {
  const settings = { ...SETTINGS, firstPackBytes: 50_000 };
  expect(await packsOf(settings, 'data', 30)).toEqual([5, 10, 10]);
  expect(await packsOf(SETTINGS, 'data', 30)).toEqual([10, 10, 10]);
  expect(await packsOf(settings, 'tree', 20)).toEqual([10, 10]);
});

it.each([
  ['absent: one', {}, 1],
  ['two', { packsUnderWay: 2 }, 2],
])('so many packs are on their way before sealing waits, %s', async (_name, more, atOnce) => {
  const settings = { ...SETTINGS, ...more };
  const underWay: (() => void)[] = [];
  let sealed = 0;
  const codec = createBlobCodec(settings.keys, { compression: 'auto', verify: true });
  const sink: BlobSink = new BlobSink(settings, codec, createPrimitives(), {
    claim: (_type, ids) => Promise.resolve(new Uint8Array(ids.length / 32).fill(1)),
    sendPack: () => underWay.push(() => sink.packDone(undefined)),
  });
  const plain = new Uint8Array(BLOB_BYTES);
  const ids = new Uint8Array(randomBytes(35 * 32));
  const stored = sink.storeEach('data', ids, () => {
    sealed++;
    // Not verified by its id: what is sealed here is nobody's.
    return { plain, sealed: { bytes: plain, uncompressedLength: 0 } };
  });
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  };
  await settled();
  expect([underWay.length, sealed]).toEqual([atOnce, atOnce * 10]);
  underWay.shift()!();
  await settled();
  expect([underWay.length, sealed]).toEqual([atOnce, (atOnce + 1) * 10]);
  while (underWay.length > 0) {
    underWay.shift()!();
    await settled();
  }
  await stored;
  expect(sealed).toBe(35);
});

/** A thread that seals and opens many blobs with its own codec; answers how many came back right. */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { createBlobCodec } from '#primitives/blob-codec.ts';

const seed = workerData as number;
const keys = {
  encrypt: new Uint8Array(32).fill(seed),
  macK: new Uint8Array(16).fill(seed + 1),
  macR: new Uint8Array(16).fill(seed + 2),
};
const codec = createBlobCodec(keys, { compression: 'auto', verify: true });
let right = 0;
for (let i = 1; i <= 400; i++) {
  const plain = Buffer.alloc(i * 611, `thread ${String(seed)} blob ${String(i)}, `);
  const id = createHash('sha256').update(plain).digest();
  const out = new Uint8Array(codec.maxSealedBytes(plain.length));
  const { sealedLength, uncompressedLength } = codec.seal(plain, id, out, 0, true);
  if (plain.equals(codec.open(out.subarray(0, sealedLength), uncompressedLength, id))) right++;
}
parentPort?.postMessage(right);

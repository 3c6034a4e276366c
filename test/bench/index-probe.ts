/**
 * Opens a repository and its index in a process of its own, looks blobs up, and prints what it measured as JSON.
 * Started by measure-index.ts with `--expose-gc`; argument: the repository's folder.
 */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { ID_BYTES } from '#base/ids.ts';
import type { BlobIndex } from '#repository/blob-index.ts';
import { openTestRepository } from '#test/support/engine.ts';
import type { IndexResult } from './bench-result.ts';

const LOOKUPS = 1_000_000;
const NS_PER_MS = 1e6;
const COLLECTIONS = 5;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: index-probe.ts REPOSITORY');

// Deriving the key is slow on purpose and has nothing to do with the index.
const repository = await openTestRepository(folder);
const beforeBytes = await settleUsedBytes();
const startedMs = performance.now();
await repository.loadIndex();
const openMs = performance.now() - startedMs;
const { index } = repository;
const indexBytes = (await settleUsedBytes()) - beforeBytes;

const known = sampleIds(index);
const unknown = randomBytes(known.length);
// The first round is for the compiler.
for (const ids of [known, unknown]) lookUpAll(index, ids);
const lookupNs = Math.max(lookUpAll(index, known), lookUpAll(index, unknown));

const result: Omit<IndexResult, 'peakBytes'> = {
  blobs: index.entryCount,
  openMs,
  lookupNs,
  // Something older may have been given back meanwhile: never less than the arrays themselves.
  bytesPerBlob: Math.max(indexBytes, index.memoryBytes) / index.entryCount,
};
process.stdout.write(JSON.stringify(result));

/** Without what only waits to be collected: buffers are given back in the background, after a collection found them. */
async function settleUsedBytes(): Promise<number> {
  for (let round = 0; round < COLLECTIONS; round++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Known ids from all over the index, in an order that has nothing to do with the one they were added in. */
function sampleIds(from: BlobIndex): Buffer {
  const count = Math.min(LOOKUPS, from.entryCount);
  const ids = Buffer.allocUnsafe(count * ID_BYTES);
  for (let sample = 0; sample < count; sample++) {
    const entry = Math.floor(Math.random() * from.entryCount);
    ids.set(from.entryAt(entry).id, sample * ID_BYTES);
  }
  return ids;
}

/** @returns nanoseconds for one */
function lookUpAll(from: BlobIndex, ids: Buffer): number {
  const count = ids.length / ID_BYTES;
  let found = 0;
  const beganMs = performance.now();
  for (let at = 0; at < ids.length; at += ID_BYTES) {
    if (from.location('data', ids, at) !== undefined) found++;
  }
  const tookMs = performance.now() - beganMs;
  // Also keeps the compiler from leaving the loop out.
  if (found !== 0 && found !== count) throw new Error(`${found} of ${count} blobs were found`);
  return (tookMs * NS_PER_MS) / count;
}

/**
 * The index row: a local repository whose index files tell of millions of blobs that do not exist, opened by a process
 * of its own (index-probe.ts), which measures from inside, while the bench measures it from outside.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ID_BYTES, bytesToId, type PackId } from '#base/ids.ts';
import { encodeIndex, type IndexedPack } from '#format/index-file.ts';
import type { PackEntry } from '#format/pack-header.ts';
import { makeLocalRepository } from '#test/support/engine.ts';
import type { IndexResult } from './bench-result.ts';
import { readFolder } from './folder-facts.ts';
import { measureProcess } from './measure-process.ts';

/** As the engine writes them. */
const BLOBS_PER_FILE = 50_000;
/** 16 MiB packs of blobs of 80 KiB: between small files (thousands in a pack) and large ones (a dozen). */
const BLOBS_PER_PACK = 200;

export async function measureIndex(folder: string, blobs: number, signal: AbortSignal): Promise<IndexResult> {
  const place = path.join(folder, 'index');
  try {
    mkdirSync(place, { recursive: true });
    await makeIndexFiles(path.join(place, 'repository'), blobs, signal);
    readFolder(place, true);
    const probe = fileURLToPath(new URL('index-probe.ts', import.meta.url));
    const run = {
      program: process.execPath,
      args: ['--expose-gc', probe, path.join(place, 'repository')],
      env: process.env,
    };
    const { stdout, peakBytes } = await measureProcess(run, signal);
    const inside = JSON.parse(stdout) as Omit<IndexResult, 'peakBytes'>;
    if (inside.blobs !== blobs) throw new Error(`the index holds ${inside.blobs} blobs of ${blobs}`);
    return { ...inside, peakBytes };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function makeIndexFiles(repositoryFolder: string, blobs: number, signal: AbortSignal): Promise<void> {
  const { files } = await makeLocalRepository(repositoryFolder);
  for (let rest = blobs; rest > 0; rest -= BLOBS_PER_FILE) {
    await files.save('index', encodeIndex(inventPacks(Math.min(rest, BLOBS_PER_FILE))), signal);
  }
}

function inventPacks(blobs: number): IndexedPack[] {
  const packs: IndexedPack[] = [];
  const ids = randomBytes(blobs * ID_BYTES);
  for (let first = 0; first < blobs; first += BLOBS_PER_PACK) {
    const end = Math.min(first + BLOBS_PER_PACK, blobs);
    packs.push({ id: bytesToId<PackId>(randomBytes(ID_BYTES)), entries: inventEntries(ids, first, end) });
  }
  return packs;
}

function inventEntries(ids: Buffer, first: number, end: number): PackEntry[] {
  const entries: PackEntry[] = [];
  let offset = 0;
  for (let blob = first; blob < end; blob++) {
    const id = ids.subarray(blob * ID_BYTES, (blob + 1) * ID_BYTES);
    const sealedLength = 40_000 + id.readUInt16LE(0);
    entries.push({ type: 'data', id, offset, sealedLength, uncompressedLength: sealedLength * 2 });
    offset += sealedLength;
  }
  return entries;
}

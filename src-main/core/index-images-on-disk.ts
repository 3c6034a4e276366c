/**
 * Images of indexes (see repository/index-image.ts) as one file for each repository: portions one after the other, each behind
 * its length (4 bytes, little-endian). What nobody has used for two months goes. Not flushed: what a crash leaves does not open.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { IndexImages } from '#repository/index-image.ts';

const LENGTH_BYTES = 4;
/** No portion has more: what says so is damaged. */
const MOST_PORTION_BYTES = 64 << 20;
const UNUSED_MS = 60 * 24 * 3_600_000;
const TEMPORARY = '.tmp-';

/** `folder` belongs to this user; made when needed. */
export function indexImagesOnDisk(folder: string, clock: Clock): IndexImages {
  const fileOf = (repositoryId: string): string => path.join(folder, path.basename(repositoryId));
  return {
    load(repositoryId) {
      const file = fileOf(repositoryId);
      try {
        const handle = openSync(file, 'r');
        markUsed(file, clock);
        return readPortions(handle);
      } catch {
        return undefined;
      }
    },
    drop(repositoryId) {
      removeQuietly(fileOf(repositoryId));
    },
    save(repositoryId, portions) {
      const temporary = path.join(folder, `${TEMPORARY}${process.pid}-${path.basename(repositoryId)}`);
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writePortions(temporary, portions);
        renameSync(temporary, fileOf(repositoryId));
        removeUnused(folder, clock);
      } catch {
        // A full or read-only disk: the index files are read again the next time.
        removeQuietly(temporary);
      }
    },
  };
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where nothing can be written, nothing was; or it stays.
  }
}

function* readPortions(handle: number): Generator<Uint8Array> {
  const length = Buffer.alloc(LENGTH_BYTES);
  try {
    while (readSync(handle, length) === LENGTH_BYTES) {
      const size = length.readUInt32LE();
      if (size > MOST_PORTION_BYTES) return;
      const portion = new Uint8Array(size);
      if (readSync(handle, portion) !== size) return;
      yield portion;
    }
  } finally {
    closeSync(handle);
  }
}

function writePortions(file: string, portions: Iterable<Uint8Array>): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    const length = Buffer.alloc(LENGTH_BYTES);
    for (const portion of portions) {
      length.writeUInt32LE(portion.length);
      writeWhole(handle, length);
      writeWhole(handle, portion);
    }
  } finally {
    closeSync(handle);
  }
}

function writeWhole(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}

function markUsed(file: string, clock: Clock): void {
  const nowMs = clock.nowMs();
  utimesSync(file, nowMs / 1000, nowMs / 1000);
}

function removeUnused(folder: string, clock: Clock): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (clock.nowMs() - statSync(file).mtimeMs > UNUSED_MS) rmSync(file, { force: true });
  }
}

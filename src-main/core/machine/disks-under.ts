/**
 * What a folder lies on: its volume, as every system tells it, and on Linux the whole disks under that volume. Two folders with
 * something in common go together when a disk breaks or is stolen. On macOS and Windows two volumes of one disk look like two.
 */
import { stat } from 'node:fs/promises';
import type { DiskFacts } from './block-devices.ts';
import type { MachineFiles } from './machine-files.ts';
import { mountAbove, readMountLines } from './mount-lines.ts';

export interface DiskSources {
  readonly files: MachineFiles;
  loadDisks(source: string): DiskFacts;
}

/** Names that mean nothing outside of here; empty where the folder cannot be looked at. @param folder without links in its path */
export async function disksUnder(folder: string, { files, loadDisks }: DiskSources): Promise<Set<string>> {
  const found = new Set<string>();
  try {
    found.add(`volume ${(await stat(folder, { bigint: true })).dev}`);
  } catch {
    // It may be on a drive that is away.
    return found;
  }
  const source = mountAbove(readMountLines(files), folder)?.source;
  for (const disk of source === undefined ? [] : loadDisks(source).disks) found.add(`disk ${disk}`);
  return found;
}

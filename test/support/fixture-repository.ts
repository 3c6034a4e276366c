/** The golden repositories that restic made: a fresh copy on disk for each call, and what must be found in them. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const FIXTURE_NAMES = [
  'v1-restic-0.14',
  'v2-restic-0.14',
  'v2-restic-0.19',
  'v1-upgraded-to-v2',
] as const;

export type FixtureName = (typeof FIXTURE_NAMES)[number];

export interface ExpectedEntry {
  readonly path: string | null;
  readonly path_b64: string;
  readonly type: string;
  readonly mode_posix: string;
  readonly mode_restic: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime_ns: string;
  readonly inode: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly links?: number;
  readonly linktarget?: string | null;
  readonly linktarget_b64?: string;
  readonly device?: string;
  readonly xattrs_b64?: Readonly<Record<string, string>>;
}

export interface ExpectedRepository {
  readonly made_by: string;
  readonly passwords: readonly string[];
  readonly config: { readonly version: number; readonly id: string; readonly chunker_polynomial: string };
  readonly masterkey: {
    readonly mac: { readonly k: string; readonly r: string };
    readonly encrypt: string;
  };
  readonly files: Readonly<Record<'index' | 'keys' | 'snapshots', readonly string[]>>;
  readonly packs: readonly string[];
  readonly snapshots: readonly {
    readonly id: string;
    readonly snapshot: Readonly<Record<string, unknown>>;
    readonly losses: readonly string[];
    readonly entries: readonly ExpectedEntry[];
    readonly hardlink_groups: readonly (readonly string[])[];
  }[];
}

const FOLDER = new URL('../fixtures/format/', import.meta.url);
const made: string[] = [];
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Folder of a fresh copy, which the caller may change; it is removed when the process ends. */
export async function extractFixture(name: FixtureName): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-fixture-'));
  made.push(folder);
  const archive = fileURLToPath(new URL(`${name}.tar`, FOLDER));
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder]);
  return join(folder, name);
}

export function loadExpected(name: FixtureName): ExpectedRepository {
  return JSON.parse(readFileSync(new URL(`${name}.expected.json`, FOLDER), 'utf8')) as ExpectedRepository;
}

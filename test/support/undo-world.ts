/**
 * A small workload for killing restores and undos at each step: a snapshot, a folder in which everything that can be in the way
 * is in the way, and what must hold at every instant.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import type { Identity } from '#base/identity.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createTargetFiles } from '#files/open-files.ts';
import type { TargetFiles } from '#files/port.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import type { RestoreRule } from '#operations/restore/rules.ts';
import type { RestoreResult } from '#operations/restore/types.ts';
import { readJournals } from '#operations/undo/read-journal.ts';
import { Repository } from '#repository/repository.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { inThreadPipelineOn } from '#test/support/in-thread-pipeline.ts';
import { restoreRequest } from '#test/support/restore.ts';

/** What is saved. */
export function makeSource(source: string): void {
  fs.mkdirSync(join(source, 'a', 'was file'), { recursive: true });
  fs.mkdirSync(join(source, 'new folder'));
  fs.writeFileSync(join(source, 'a', 'replaced'), 'saved');
  fs.writeFileSync(join(source, 'a', 'same'), 'same');
  fs.writeFileSync(join(source, 'a', 'was folder'), 'saved');
  fs.writeFileSync(join(source, 'a', 'was file', 'inner'), 'saved');
  fs.writeFileSync(join(source, 'new folder', 'missing'), 'saved');
  fs.linkSync(join(source, 'a', 'replaced'), join(source, 'a', 'other name'));
  fs.symlinkSync('saved', join(source, 'a', 'link'));
  fs.chmodSync(join(source, 'a'), 0o711);
  fs.utimesSync(join(source, 'a', 'same'), 1_500_000_000, 1_500_000_000);
}

/** What is there today. */
export function makeToday(target: string): void {
  fs.mkdirSync(join(target, 'a', 'was folder', 'in it'), { recursive: true });
  fs.writeFileSync(join(target, 'a', 'was folder', 'in it', 'file'), 'today');
  fs.writeFileSync(join(target, 'a', 'replaced'), 'today', { mode: 0o640 });
  fs.writeFileSync(join(target, 'a', 'same'), 'same', { mode: 0o604 });
  fs.writeFileSync(join(target, 'a', 'was file'), 'today');
  fs.writeFileSync(join(target, 'later'), 'today');
  fs.symlinkSync('today', join(target, 'a', 'link'));
  for (const [at, time] of [
    ['a/same', 1_400_000_001],
    ['a/was folder', 1_400_000_002],
    ['a', 1_400_000_003],
    ['', 1_400_000_004],
  ] as const)
    fs.utimesSync(join(target, at), time, time);
}

export function copyTree(from: string, to: string): void {
  fs.rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

/** As a process that is dead when others look. */
export function restoreAs(
  { config, keys, keyId, storage }: Repository,
  identity: Partial<Identity>,
  options: {
    readonly target: string;
    readonly snapshot: string;
    readonly overwrite: RestoreRule;
    readonly files?: TargetFiles;
    /** By which it goes on. */
    readonly job?: string;
  },
): Promise<RestoreResult> {
  const ports = createRepositoryPorts(storage);
  const as = { ...ports, identity: { ...ports.identity, ...identity } };
  const files = options.files ?? createTargetFiles();
  const { target, snapshot, overwrite, job } = options;
  const parts = {
    repository: new Repository(as, config, keys, keyId),
    files,
    pipeline: inThreadPipelineOn(() => files),
  };
  const request = restoreRequest(target, { snapshot, overwrite, ...(job === undefined ? {} : { job }) });
  return executeRestore(parts, request);
}

/**
 * Every file of `before` is under its name, or where a journal says; every file under a name of `saved` or `before` is one of
 * the two, whole. Lists what is not so.
 */
export function lostOrHalf(before: string, saved: string, target: string): string[] {
  const wrong: string[] = [];
  const kept = keptPaths(target);
  for (const name of filesIn(before)) {
    const old = describe(join(before, name));
    const places = [
      name,
      ...kept.filter(({ path }) => isAtOrBelow(name, path)).map((one) => placeOf(one, name)),
    ];
    if (!places.some((place) => describe(join(target, place)) === old)) wrong.push(`${name} is lost`);
  }
  for (const name of new Set([...filesIn(before), ...filesIn(saved)])) {
    const now = describe(join(target, name));
    const allowed = [undefined, 'a folder', describe(join(before, name)), describe(join(saved, name))];
    if (!allowed.includes(now)) wrong.push(`${name} is neither: ${now}`);
  }
  return wrong;
}

function keptPaths(target: string): { path: string; kept: string }[] {
  const found: { path: string; kept: string }[] = [];
  const ids = fs.existsSync(join(target, '.tidemark-undo'))
    ? fs.readdirSync(join(target, '.tidemark-undo'))
    : [];
  const root = createTargetFiles().openRoot(textToByteString(target), 'fail');
  for (const id of ids.filter((one) => one !== 'CACHEDIR.TAG')) {
    for (const { entry } of readJournals(root, id as ByteString))
      if (entry.kind === 'name' && entry.kept !== undefined)
        found.push({ path: toDisplay(entry.path.join('/') as ByteString), kept: entry.kept.join('/') });
  }
  root.close();
  return found;
}

function isAtOrBelow(name: string, path: string): boolean {
  return name === path || name.startsWith(`${path}/`);
}

function placeOf({ path, kept }: { path: string; kept: string }, name: string): string {
  return kept + name.slice(path.length);
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.tidemark') && !fs.lstatSync(join(folder, name)).isDirectory());
}

/** Undefined when it is not there, or something above it is no folder. */
function describe(path: string): string | undefined {
  try {
    const stat = fs.lstatSync(path);
    if (stat.isDirectory()) return 'a folder';
    return stat.isSymbolicLink() ? `-> ${fs.readlinkSync(path)}` : fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What differs from `before`, times and all, but for the undo folder. */
export function changesSince(before: string, target: string): string[] {
  const at = join(target, '.tidemark-undo');
  if (!fs.existsSync(at)) return compareTrees(before, target);
  const { atime, mtime } = fs.statSync(target);
  fs.renameSync(at, `${target}-undo-aside`);
  fs.utimesSync(target, atime, mtime);
  const differences = compareTrees(before, target);
  fs.renameSync(`${target}-undo-aside`, at);
  fs.utimesSync(target, atime, mtime);
  return differences;
}

/** Restores for tests: a request with defaults, real threads, and what is to be known of the target afterwards. */
import fs from 'node:fs';
import path from 'node:path';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import type { RestoreObserver, RestoreRequest, RestoreResult } from '#operations/restore/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';
import { reopen, testPipeline } from '#test/support/engine.ts';

export interface RestoreOptions extends Partial<Omit<RestoreRequest, 'target'>> {
  readonly storage?: Storage;
  readonly observer?: RestoreObserver;
  readonly signal?: AbortSignal;
}

export function restoreRequest(target: string, changes: Partial<RestoreRequest> = {}): RestoreRequest {
  return {
    snapshot: 'latest',
    target: textToByteString(target),
    overwrite: 'refuse',
    sparse: true,
    verify: true,
    noLock: true,
    dryRun: false,
    ...changes,
  };
}

/** Into a fresh opening of the repository. */
export function restore(
  repository: Repository,
  target: string,
  { storage, observer, signal, ...changes }: RestoreOptions = {},
): Promise<RestoreResult> {
  const parts = {
    repository: reopen(repository, storage),
    files: createTargetFiles(),
    pipeline: testPipeline,
  };
  return executeRestore(parts, restoreRequest(target, changes), observer, signal);
}

/** `path kind code` of each problem, sorted. */
export function problemsOf(result: RestoreResult): string[] {
  return result.problems.map(({ path, kind, code }) => `${toDisplay(path)} ${kind} ${code}`).sort();
}

/** Every entry below a folder by its path: contents of files, `-> target` of links, `dir` of folders. */
export function contentsOf(folder: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(path.join(folder, prefix), { withFileTypes: true })) {
    const name = prefix + entry.name;
    const at = path.join(folder, name);
    if (entry.isDirectory()) {
      found[name] = 'dir';
      Object.assign(found, contentsOf(folder, `${name}/`));
    } else if (entry.isSymbolicLink()) found[name] = `-> ${fs.readlinkSync(at)}`;
    else found[name] = entry.isFile() ? fs.readFileSync(at, 'utf8') : 'special';
  }
  return found;
}

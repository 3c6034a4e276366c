/** Restores for tests: a request with defaults, real threads, and what is to be known of the target afterwards. */
import fs from 'node:fs';
import path from 'node:path';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import { createTargetFiles } from '#files/open-files.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';
import { executeUndo } from '#operations/undo/execute.ts';
import type { UndoObserver, UndoRequest, UndoResult } from '#operations/undo/types.ts';
import type { Identity } from '#base/identity.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import { systemClock } from '#base/system-clock.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import type { RestoreObserver, RestoreRequest, RestoreResult } from '#operations/restore/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';
import { reopen, testPipeline } from '#test/support/engine.ts';

export interface RestoreOptions extends Partial<Omit<RestoreRequest, 'target'>> {
  readonly storage?: Storage;
  /** Real threads when absent. */
  readonly pipeline?: PipelineHost;
  readonly observer?: RestoreObserver;
  readonly signal?: AbortSignal;
}

/** Without a target: in place. */
export function restoreRequest(
  target: string | undefined,
  changes: Partial<RestoreRequest> = {},
): RestoreRequest {
  return {
    snapshot: 'latest',
    target: target === undefined ? undefined : textToByteString(target),
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
  target: string | undefined,
  { storage, pipeline = testPipeline, observer, signal, ...changes }: RestoreOptions = {},
): Promise<RestoreResult> {
  const parts = {
    repository: reopen(repository, storage),
    files: createTargetFiles(),
    pipeline,
  };
  return executeRestore(parts, restoreRequest(target, changes), observer, signal);
}

/** What an undo told, sorted: `action path`, with the copy's name for `copied`. */
export interface UndoRun {
  readonly result: UndoResult;
  readonly told: readonly string[];
}

/** Takes the newest restore into a folder back, or the one of that id. */
export async function undo(
  folder: string,
  { identity, nowMs, ...changes }: Partial<Omit<UndoRequest, 'folder'>> & UndoWorld = {},
): Promise<UndoRun> {
  const told: string[] = [];
  const parts = {
    files: createTargetFiles(),
    clock: nowMs === undefined ? systemClock : { ...systemClock, nowMs: () => nowMs },
    identity: identity ?? machineIdentity(),
    primitives: createPrimitives(),
  };
  const observer: UndoObserver = {
    onEntry: (at, action, copy) =>
      told.push(
        [action, at, ...(copy === undefined ? [] : [copy])]
          .map((part) => toDisplay(part as typeof at))
          .join(' '),
      ),
    onProblem: (at, code, reason) => told.push(`problem ${toDisplay(at)} ${code} ${reason}`),
  };
  const request = { folder: textToByteString(folder), force: false, ...changes };
  const result = await executeUndo(parts, request, observer);
  return { result, told: told.sort() };
}

interface UndoWorld {
  readonly identity?: Identity;
  readonly nowMs?: number;
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

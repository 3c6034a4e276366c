/** The operations of random runs as the engine has them, with terms from chance. They change no model. */
import { textToByteString } from '#base/byte-string.ts';
import { createSourceFiles, createTargetFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import type { BackupRequest, BackupResult } from '#operations/backup/types.ts';
import { executeForget } from '#operations/forget/execute.ts';
import type { ForgetRequest, ForgetResult } from '#operations/forget/types.ts';
import { prune } from '#operations/prune/run.ts';
import { DEFAULT_PRUNE_REQUEST, type PruneRequest, type PruneResult } from '#operations/prune/types.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import type { RestoreResult } from '#operations/restore/types.ts';
import { EMPTY_POLICY } from '#rules/retention-policy.ts';
import { backupRequest } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { restoreRequest } from '#test/support/restore.ts';
import type { RunClient, RunVersion, RunWorld } from './run-world.ts';

/** Small, so that a backup makes several. */
const PACK_SIZE_BYTES = 100_000;

export function backUp(
  world: RunWorld,
  client: RunClient,
  changes: Partial<BackupRequest> = {},
): Promise<BackupResult> {
  const request = backupRequest(['source'], {
    workingFolder: textToByteString(world.folder),
    packSizeBytes: PACK_SIZE_BYTES,
    allowEmptySource: true,
    ...changes,
  });
  const parts = {
    repository: client.repository,
    files: createSourceFiles(),
    pipeline: inThreadBackupPipeline,
  };
  return executeBackup(parts, request);
}

export function forget(client: RunClient, changes: Partial<ForgetRequest>): Promise<ForgetResult> {
  const request = {
    ids: [],
    filter: {},
    policy: EMPTY_POLICY,
    groupBy: [],
    allowRemoveAll: false,
    ...changes,
  };
  return executeForget(client.repository, request);
}

export function runPrune(world: RunWorld, client: RunClient): Promise<PruneResult> {
  const limits: PruneRequest['maxUnused'][] = [
    { kind: 'bytes', bytes: 0 },
    { kind: 'percent', percent: 5 },
    { kind: 'unlimited' },
  ];
  return prune(
    { repository: client.repository, pipeline: inThreadPipeline },
    {
      ...DEFAULT_PRUNE_REQUEST,
      packSizeBytes: PACK_SIZE_BYTES,
      maxUnused: world.pick(limits)!,
      ...(world.chance(30) ? { maxRepackBytes: world.random.below(200_000) } : {}),
    },
  );
}

export function restoreInto(
  world: RunWorld,
  client: RunClient,
  { id }: RunVersion,
  isExact: boolean,
): Promise<RestoreResult> {
  const parts = { repository: client.repository, files: createTargetFiles(), pipeline: inThreadPipeline };
  const changes = {
    snapshot: `${id}:/source`,
    overwrite: isExact ? 'exact' : 'replace-keep-current',
  } as const;
  return executeRestore(parts, restoreRequest(world.source.root, changes));
}

/** Undefined when there is none. */
export function anyVersion(world: RunWorld): RunVersion | undefined {
  return world.pick([...world.versions.values()]);
}

/** A policy that keeps something, or one version by its id; there is one. */
export function forgetTerms(world: RunWorld): Partial<ForgetRequest> {
  if (world.chance(40)) return { ids: [anyVersion(world)!.id] };
  const counts = {
    last: 1 + world.random.below(5),
    hourly: world.random.below(4),
    daily: world.random.below(4),
  };
  return { policy: { ...EMPTY_POLICY, counts } };
}

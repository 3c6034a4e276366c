/**
 * What every call into the engine needs around it: the machine's parts, an opened repository, worker threads that start
 * while the password is still being turned into a key, and everything closed at the end.
 */
import path from 'node:path';
import { PipelineThreads } from '#core/pipeline-threads.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { ownLocksOnDisk } from '#core/own-locks-on-disk.ts';
import { systemClock } from '#base/system-clock.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { Repository, RepositoryPorts } from '#repository/repository.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { openStorage } from '#storage/registry.ts';
import type { CallContext, RepositoryAccess } from '../calls/access.ts';
import { stateFolder } from '../state-folder.ts';

/** Ports for the repository at a location, its storage repeating what may pass. */
export function portsFor(location: string): RepositoryPorts {
  const storage = new RetryStorage(openStorage(location), {
    clock: systemClock,
    random: Math.random,
    budget: RETRY_BUDGETS.local,
  });
  return createRepositoryPorts(storage, ownLocksOnDisk(path.join(stateFolder(process.env), 'locks')));
}

/** Opens the repository for the time of `work`. */
export async function withRepository<T>(
  access: RepositoryAccess,
  context: CallContext,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  const ports = portsFor(access.location);
  try {
    return await work(await openRepository(ports, access.password, context.signal));
  } finally {
    await ports.storage.close();
  }
}

/** A further repository that is read from, where one is named. */
export function withSource<T>(
  access: RepositoryAccess | undefined,
  context: CallContext,
  work: (sources: readonly Repository[]) => Promise<T>,
): Promise<T> {
  if (access === undefined) return work([]);
  return withRepository(access, context, (source) => work([source]));
}

/** As `withRepository`, with worker threads that are started at once. */
export async function withPipeline<T>(
  access: RepositoryAccess,
  context: CallContext,
  work: (repository: Repository, pipeline: PipelineThreads) => Promise<T>,
): Promise<T> {
  const pipeline = new PipelineThreads(workerUrl());
  pipeline.warmUp();
  try {
    return await withRepository(access, context, (repository) => work(repository, pipeline));
  } finally {
    await pipeline.close();
  }
}

/** Beside the bundle when built, in its own folder when run from source. */
function workerUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? '../../pipeline-worker/main.ts' : './pipeline-worker.mjs', import.meta.url);
}

/**
 * What every call into the engine needs around it: the machine's parts, an opened repository, worker threads that start
 * while keys are loaded and the password is turned into one, and everything closed at the end.
 */
import { PipelineThreads } from '#core/pipeline-threads.ts';
import { createPlacePorts } from '#core/place-ports.ts';
import { pipelineWorkerUrl } from '#core/program-files.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { Repository } from '#repository/repository.ts';
import type { CallContext, RepositoryAccess } from '../calls/access.ts';

/** Opens the repository for the time of `work`. */
export async function withRepository<T>(
  access: RepositoryAccess,
  context: CallContext,
  work: (repository: Repository) => Promise<T>,
  onReached?: () => void,
): Promise<T> {
  const ports = createPlacePorts(access.location, process.env, access);
  try {
    return await work(await openRepository(ports, access.password, context.signal, { onReached }));
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

/** As `withRepository`, with worker threads that are started as soon as the place is reached. */
export async function withPipeline<T>(
  access: RepositoryAccess,
  context: CallContext,
  work: (repository: Repository, pipeline: PipelineThreads) => Promise<T>,
): Promise<T> {
  const pipeline = new PipelineThreads(pipelineWorkerUrl());
  const warmUp = (): void => pipeline.warmUp();
  try {
    return await withRepository(access, context, (repository) => work(repository, pipeline), warmUp);
  } finally {
    await pipeline.close();
  }
}

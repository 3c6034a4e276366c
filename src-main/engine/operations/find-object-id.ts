/** A file of the repository by the beginning of its id. */
import { isId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import type { RepositoryFileType } from '#storage/port.ts';

/** @throws repository.objectNotFound, repository.ambiguousId */
export async function findObjectId<Id extends string>(
  { storage }: Repository,
  kind: Exclude<RepositoryFileType, 'config'>,
  prefix: string,
  signal?: AbortSignal,
): Promise<Id> {
  const names = (await storage.list(kind, signal)).map(({ name }) => name).filter(isId);
  const matches = prefix === '' ? [] : names.filter((name) => name.startsWith(prefix));
  if (matches.length > 1) throw new TidemarkError('repository.ambiguousId', { prefix, kind });
  const [match] = matches;
  if (match === undefined) throw new TidemarkError('repository.objectNotFound', { id: prefix, kind });
  return match as Id;
}

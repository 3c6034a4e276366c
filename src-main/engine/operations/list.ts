/** The ids of a repository's objects of one kind. */
import { bytesToId, isId } from '#base/ids.ts';
import type { Repository } from '#repository/repository.ts';
import type { RepositoryFileType } from '#storage/port.ts';

export type ListKind = Exclude<RepositoryFileType, 'config'> | 'blob';

/** Lines as restic prints them: an id; for blobs the type before it. Takes no lock. */
export async function listObjectIds(
  repository: Repository,
  kind: ListKind,
  signal?: AbortSignal,
): Promise<string[]> {
  if (kind !== 'blob')
    return (await repository.storage.list(kind, signal)).map(({ name }) => name).filter(isId);
  await repository.loadIndex({ signal });
  const lines: string[] = [];
  repository.index.forEach((_pack, type, id) => void lines.push(`${type} ${bytesToId(id)}`));
  return lines;
}

/** Giving out a file's bytes, or a folder as an archive, to wherever the caller wants them. Takes no lock. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import type { SnapshotFilter } from '#repository/snapshot-store.ts';
import { findPlace, resolveSnapshotPath, type SnapshotPlace } from './find-in-snapshot.ts';
import { readContent } from './read-content.ts';
import { writeArchive, type ArchiveKind, type ArchiveNote } from './write-archive.ts';

/** Takes the next bytes; resolves when more may come. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

export interface DumpRequest {
  /** `latest`, an id or its beginning; `:/path` after it makes that folder the root. */
  readonly snapshot: string;
  readonly filter?: SnapshotFilter;
  /** Below that root. */
  readonly path: ByteString;
  /** For a folder. */
  readonly archive: ArchiveKind;
}

export interface DumpResult {
  readonly kind: 'file' | 'folder';
  readonly bytes: number;
  /** What the archive could not hold as it is; empty for a file. */
  readonly notes: readonly ArchiveNote[];
}

/**
 * What was given out before an error stays given out: a reader must heed the outcome.
 * @throws files.pathNotInSnapshot, request.invalidInput for what is neither file nor folder, integrity errors,
 * job.cancelled, whatever the sink throws
 */
export async function executeDump(
  repository: Repository,
  request: DumpRequest,
  sink: ByteSink,
  signal?: AbortSignal,
): Promise<DumpResult> {
  const place = await placeOf(repository, request, signal);
  let bytes = 0;
  const countingSink: ByteSink = async (chunk) => {
    bytes += chunk.length;
    await sink(chunk);
  };
  if (place.treeId !== undefined) {
    const content = { sources: [{ treeId: place.treeId, path: place.path }], base: '/' as ByteString };
    const notes = await writeArchive(repository, content, request.archive, countingSink, signal);
    return { kind: 'folder', bytes, notes };
  }
  if (place.node?.type !== 'file') {
    throw new TidemarkError('request.invalidInput', {
      what: toDisplay(request.path),
      reason: 'it is neither a file nor a folder',
    });
  }
  for await (const chunk of readContent(repository, place.node, signal)) await countingSink(chunk);
  return { kind: 'file', bytes, notes: [] };
}

/** The path as seen from the root that was asked for: archives hold paths from there. */
async function placeOf(
  repository: Repository,
  { snapshot, filter, path }: DumpRequest,
  signal: AbortSignal | undefined,
): Promise<SnapshotPlace> {
  const root = await resolveSnapshotPath(repository, snapshot, filter, signal);
  if (root.path === '/') return findPlace(repository, root.stored, path, signal);
  const rootTree = { ...root.stored, snapshot: { ...root.stored.snapshot, tree: root.treeId ?? null } };
  return findPlace(repository, rootTree, path, signal);
}

/** The calls that search: command line terms to the operations' and back. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { idToBytes } from '#base/ids.ts';
import { executeFind } from '#operations/find/execute.ts';
import { executeFindObjects } from '#operations/find/find-objects.ts';
import { executeFindPaths } from '#operations/find/path-histories.ts';
import type { FindParts, FindRequest, SnapshotChoice } from '#operations/find/types.ts';
import { underLock } from '#operations/under-lock.ts';
import type { CallContext, RepositoryAccess } from '../calls/access.ts';
import type { FindCalls, FindInput, SearchedSnapshots } from '../calls/find.ts';
import { toStoreFilter, workingFolder } from './call-terms.ts';
import { withPipeline } from './engine-session.ts';

const find: FindCalls['find'] = (access, input, handlers, context) =>
  search(access, context, (parts, signal) =>
    executeFind(
      parts,
      toRequest(input),
      {
        onProgress: (foldersDone) => handlers.onProgress(foldersDone),
        onDamaged: (damaged) => handlers.onDamaged(damaged),
        onEntry: (stored, { path: entryPath, node }) => handlers.onEntry(stored, entryPath, node),
      },
      signal,
    ),
  );

const findPaths: FindCalls['findPaths'] = (access, input, handlers, context) =>
  search(access, context, (parts, signal) => executeFindPaths(parts, toRequest(input), handlers, signal));

const findObjects: FindCalls['findObjects'] = (access, input, handlers, context) =>
  search(access, context, (parts, signal) =>
    executeFindObjects(parts, { ...input, snapshots: toChoice(input.snapshots) }, handlers, signal),
  );

export const findCalls = { find, findPaths, findObjects };

/** Under a shared lock: a clean-up by somebody else would take folders away meanwhile. */
function search<Result>(
  access: RepositoryAccess,
  context: CallContext,
  work: (parts: FindParts, signal: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  return withPipeline(access, context, (repository, pipeline) =>
    underLock(repository, { exclusive: false, noLock: access.noLock }, context.signal, (signal) =>
      work({ repository, pipeline, createHasher: () => createHash('sha256') }, signal),
    ),
  );
}

function toRequest({
  snapshots,
  patterns,
  ignoreCase,
  contentHash,
  contentOf,
  ...conditions
}: FindInput): FindRequest {
  return {
    snapshots: toChoice(snapshots),
    patterns: { patterns, ignoreCase, style: process.platform === 'win32' ? 'windows' : 'posix' },
    conditions: {
      ...conditions,
      ...(contentHash === undefined ? {} : { contentHash: idToBytes(contentHash) }),
    },
    ...(contentOf === undefined ? {} : { contentOf: absolute(contentOf) }),
  };
}

function toChoice({ filter, ids, oldestFirst }: SearchedSnapshots): SnapshotChoice {
  return { ids, filter: toStoreFilter(filter), oldestFirst };
}

/** Bytes as Latin-1 text stay bytes: only separators are looked at. */
function absolute(file: ByteString): ByteString {
  if (process.platform === 'win32') {
    return bytesToByteString(Buffer.from(path.resolve(byteStringToBytes(file).toString())));
  }
  return path.posix.resolve(workingFolder(), file) as ByteString;
}

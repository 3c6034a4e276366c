/** The calls that only read, and those on keys and locks: command line terms to the operations' and back. */
import { catObject } from '#operations/cat.ts';
import { executeDump } from '#operations/dump.ts';
import * as keys from '#operations/keys.ts';
import { listSnapshot } from '#operations/ls.ts';
import { listSnapshots } from '#operations/snapshots.ts';
import { loadStats } from '#operations/stats.ts';
import { executeUnlock } from '#operations/unlock.ts';
import type { CallContext, RepositoryAccess } from '../calls/access.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { toStoreFilter } from './call-terms.ts';
import { withRepository } from './engine-session.ts';
import type { Repository } from '#repository/repository.ts';
import { underLock } from '#operations/under-lock.ts';

/** Reads under a shared lock, as restic does: a clean-up by somebody else would take files away meanwhile. */
function whileLocked<T>(
  access: RepositoryAccess,
  context: CallContext,
  work: (repository: Repository, signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  return withRepository(access, context, (repository) =>
    underLock(repository, { exclusive: false, noLock: access.noLock }, context.signal, (signal) =>
      work(repository, signal),
    ),
  );
}

const snapshots: EngineCalls['snapshots'] = (access, { filter, ids }, handlers, context) =>
  whileLocked(access, context, async (repository, signal) => {
    const request = { ids, filter: toStoreFilter(filter) };
    const { snapshots: listed, damaged } = await listSnapshots(repository, request, signal);
    const [first] = damaged;
    if (first !== undefined && listed.length === 0) throw first;
    for (const { data } of damaged) handlers.onDamaged(data.id, data.reason);
    return listed;
  });

const listEntries: EngineCalls['listEntries'] = (access, input, handlers, context) =>
  whileLocked(access, context, async (repository, signal) => {
    const request = { ...input, filter: toStoreFilter(input.filter) };
    for await (const listed of listSnapshot(repository, request, signal)) {
      if (listed.kind === 'snapshot') handlers.onSnapshot(listed.stored);
      else await handlers.onEntry(listed.path, listed.node);
    }
  });

const stats: EngineCalls['stats'] = (access, input, context) =>
  whileLocked(access, context, (repository, signal) =>
    loadStats(repository, input.mode, { ids: input.snapshots, filter: toStoreFilter(input.filter) }, signal),
  );

const listKeys: EngineCalls['listKeys'] = (access, context) =>
  whileLocked(access, context, (repository, signal) => keys.listKeys(repository, signal));

const addKey: EngineCalls['addKey'] = (access, key, context) =>
  withRepository(access, context, (repository) => keys.addKey(repository, key, context.signal));

const removeKey: EngineCalls['removeKey'] = (access, id, context) =>
  withRepository(access, context, (repository) => keys.removeKey(repository, id, context.signal));

const changePassword: EngineCalls['changePassword'] = (access, key, context) =>
  withRepository(access, context, (repository) => keys.changePassword(repository, key, context.signal));

const unlock: EngineCalls['unlock'] = (access, { all }, context) =>
  withRepository(access, context, async (repository) => {
    const { removed, held, keptUntilMs } = await executeUnlock(
      repository,
      { removeAll: all },
      context.signal,
    );
    return { removed: removed.length, held: held.length, keptUntilMs: keptUntilMs ?? null };
  });

const cat: EngineCalls['cat'] = (access, { kind, id, filter }, context) =>
  whileLocked(access, context, (repository, signal) =>
    catObject(repository, { kind, id, filter: toStoreFilter(filter) }, signal),
  );

const dump: EngineCalls['dump'] = (access, input, sink, context) =>
  whileLocked(access, context, async (repository, signal) => {
    const request = { ...input, filter: toStoreFilter(input.filter) };
    await executeDump(repository, request, sink, signal);
  });

export const readingCalls = {
  snapshots,
  listEntries,
  stats,
  listKeys,
  addKey,
  removeKey,
  changePassword,
  unlock,
  cat,
  dump,
};

/** The calls that only read, and those on keys and locks: command line terms to the operations' and back. */
import { catObject } from '#operations/cat.ts';
import { executeDump } from '#operations/dump.ts';
import * as keys from '#operations/keys.ts';
import { listSnapshot } from '#operations/ls.ts';
import { listSnapshots } from '#operations/snapshots.ts';
import { loadStats } from '#operations/stats.ts';
import { executeUnlock } from '#operations/unlock.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { toStoreFilter } from './call-terms.ts';
import { withRepository } from './engine-session.ts';

export const snapshots: EngineCalls['snapshots'] = (access, { filter, ids }, context) =>
  withRepository(access, context, async (repository) => {
    const request = { ids, filter: toStoreFilter(filter) };
    const { snapshots: listed, damaged } = await listSnapshots(repository, request, context.signal);
    const [first] = damaged;
    if (first !== undefined && listed.length === 0) throw first;
    return listed;
  });

export const listEntries: EngineCalls['listEntries'] = (access, input, handlers, context) =>
  withRepository(access, context, async (repository) => {
    const request = { ...input, filter: toStoreFilter(input.filter) };
    for await (const listed of listSnapshot(repository, request, context.signal)) {
      if (listed.kind === 'snapshot') handlers.onSnapshot(listed.stored);
      else await handlers.onEntry(listed.path, listed.node);
    }
  });

export const stats: EngineCalls['stats'] = (access, input, context) =>
  withRepository(access, context, (repository) =>
    loadStats(
      repository,
      input.mode,
      { ids: input.snapshots, filter: toStoreFilter(input.filter) },
      context.signal,
    ),
  );

export const listKeys: EngineCalls['listKeys'] = (access, context) =>
  withRepository(access, context, (repository) => keys.listKeys(repository, context.signal));

export const addKey: EngineCalls['addKey'] = (access, key, context) =>
  withRepository(access, context, (repository) => keys.addKey(repository, key, context.signal));

export const removeKey: EngineCalls['removeKey'] = (access, id, context) =>
  withRepository(access, context, (repository) => keys.removeKey(repository, id, context.signal));

export const changePassword: EngineCalls['changePassword'] = (access, key, context) =>
  withRepository(access, context, (repository) => keys.changePassword(repository, key, context.signal));

export const unlock: EngineCalls['unlock'] = (access, { all }, context) =>
  withRepository(access, context, async (repository) => {
    const { removed } = await executeUnlock(repository, { removeAll: all }, context.signal);
    return removed.length;
  });

export const cat: EngineCalls['cat'] = (access, { kind, id, filter }, context) =>
  withRepository(access, context, (repository) =>
    catObject(repository, { kind, id, filter: toStoreFilter(filter) }, context.signal),
  );

export const dump: EngineCalls['dump'] = (access, input, sink, context) =>
  withRepository(access, context, async (repository) => {
    const request = { ...input, filter: toStoreFilter(input.filter) };
    await executeDump(repository, request, sink, context.signal);
  });

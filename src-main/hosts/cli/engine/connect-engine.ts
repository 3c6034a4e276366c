/**
 * The one place where the engine's real functions are put behind the calls of the commands.
 * Loaded only when a command is about to work, so that `--help` and mistakes cost nothing.
 */
import { createPlacePorts } from '#core/place-ports.ts';
import { initRepository } from '#repository/init-repository.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { backup } from './call-backup.ts';
import { check } from './call-check.ts';
import { copy } from './call-copy.ts';
import { diff } from './call-diff.ts';
import { findCalls } from './call-find.ts';
import { forget, forgetDamaged } from './call-forget.ts';
import { prune } from './call-prune.ts';
import { recover } from './call-recover.ts';
import { repairIndex } from './call-repair-index.ts';
import { repairPacks } from './call-repair-packs.ts';
import { repairSnapshots } from './call-repair-snapshots.ts';
import { restore } from './call-restore.ts';
import { readingCalls } from './calls-reading.ts';
import { rewrite } from './call-rewrite.ts';
import { tag } from './call-tag.ts';
import { undoCalls } from './call-undo.ts';
import { withRepository } from './engine-session.ts';

export function connectEngine(): EngineCalls {
  return {
    init,
    backup,
    restore,
    check,
    copy,
    forget,
    forgetDamaged,
    prune,
    recover,
    repairIndex,
    repairPacks,
    repairSnapshots,
    rewrite,
    tag,
    diff,
    ...findCalls,
    ...readingCalls,
    ...undoCalls,
  };
}

const init: EngineCalls['init'] = async ({ place, version, chunkerFrom }, context) => {
  const { signal } = context;
  const ports = createPlacePorts(place.location, process.env, place);
  try {
    const chunkerPolynomial =
      chunkerFrom === undefined
        ? undefined
        : await withRepository(chunkerFrom, context, async ({ config }) => config.chunkerPolynomial);
    const options = { version, ...(chunkerPolynomial === undefined ? {} : { chunkerPolynomial }) };
    const repository = await initRepository(ports, place.password, options, signal);
    return { id: repository.config.id, location: ports.storage.location };
  } finally {
    await ports.storage.close();
  }
};

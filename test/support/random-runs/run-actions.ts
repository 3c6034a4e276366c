/** What happens in random runs. Each action decides from the run's chance, acts, and says what the model must hold then. */
import fs from 'node:fs';
import { join } from 'node:path';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import { createTargetFiles } from '#files/open-files.ts';
import type { BackupRequest } from '#operations/backup/types.ts';
import { executeUndo } from '#operations/undo/execute.ts';
import { EMPTY_POLICY } from '#rules/retention-policy.ts';
import { comparePictures, type Picture } from '#test/support/picture.ts';
import { anyVersion, backUp, forget, forgetTerms, restoreInto, runPrune } from './run-operations.ts';
import { byteStrings, codeOf, type PastRestore, type RunClient, type RunWorld } from './run-world.ts';

export interface RunAction {
  /** How often, compared with the others. */
  readonly weight: number;
  /** Does nothing when there is nothing to do it with, so that plans can be cut. */
  act(world: RunWorld): Promise<void>;
}

const HOUR_MS = 3_600_000;
const MOST_VERSIONS = 9;
/** About how often each calls the store; a kill beyond the end is none. */
const CALLS = { backup: 35, prune: 45, forget: 20, restore: 9 } as const;

/** Nothing may stand in the way but locks of the dead, which a person removes when told so. */
async function unhindered<T>(world: RunWorld, run: (client: RunClient) => Promise<T>): Promise<T> {
  if (world.lockCount() > 0) world.notes.push(`    removed ${await world.unlock()} locks`);
  return run(world.openClient());
}

async function save(world: RunWorld, changes: Partial<BackupRequest> = {}): Promise<void> {
  const picture = world.picture();
  const { snapshotId, problems } = await unhindered(world, (client) => backUp(world, client, changes));
  if (problems.length > 0) throw new Error(`the backup has problems: ${JSON.stringify(problems)}`);
  world.addVersion(snapshotId!, picture);
}

export const RUN_ACTIONS = {
  write: {
    weight: 20,
    act: async (world) => {
      for (const line of world.source.mutate(1 + world.random.below(6))) world.notes.push(`    ${line}`);
    },
  },

  backup: {
    weight: 16,
    act: async (world) => {
      if (world.versions.size < MOST_VERSIONS) await save(world, world.chance(15) ? { parent: 'none' } : {});
    },
  },

  hintedBackup: {
    weight: 8,
    act: async (world) => {
      const parent = anyVersion(world);
      if (parent === undefined || world.versions.size >= MOST_VERSIONS) return;
      const touched = new Set(world.source.touched.slice(parent.touchedBefore));
      const paths = byteStrings([...touched].map((path) => join('source', path)));
      await save(world, { parent: parent.id, changeHints: { paths, since: parent.id as SnapshotId } });
    },
  },

  forget: {
    weight: 8,
    act: async (world) => {
      if (world.versions.size < 2) return;
      const { removed, plan } = await unhindered(world, (client) => forget(client, forgetTerms(world)));
      for (const { id } of plan.remove) world.versions.delete(id);
      if (removed.length !== plan.remove.length) throw new Error('not all that were planned are removed');
    },
  },

  unattendedForget: {
    weight: 6,
    act: async (world) => {
      const before = [...world.versions.keys()];
      if (before.length < 2) return;
      const policy = { ...EMPTY_POLICY, counts: { last: 1 } };
      let removed: readonly string[] = [];
      const code = await codeOf(
        unhindered(world, async (client) => {
          const result = await forget(client, { policy, unattended: {} });
          removed = result.removed.map(({ id }) => id);
        }),
      );
      for (const id of removed) world.versions.delete(id);
      world.notes.push(`    ${code ?? `removed ${removed.length} of ${before.length}`}`);
      if (removed.length > Math.max(1, before.length * 0.2)) throw new Error('the brake let too much go');
    },
  },

  prune: {
    weight: 10,
    act: async (world) => void (await unhindered(world, (client) => runPrune(world, client))),
  },

  restore: {
    weight: 7,
    act: async (world) => {
      const version = anyVersion(world);
      if (version === undefined) return;
      const before = world.picture();
      const isExact = world.chance(50);
      const { problems, undoId } = await unhindered(world, (client) =>
        restoreInto(world, client, version, isExact),
      );
      if (problems.length > 0) throw new Error(`the restore has problems: ${JSON.stringify(problems)}`);
      const after = world.picture();
      touchAll(world, before, after);
      world.restores.push(pastRestore(world, undoId!, before));
      const counted = isExact ? after : new Map([...after].filter(([path]) => version.picture.has(path)));
      expectEqual(version.picture, counted, 'the restored folder');
    },
  },

  undo: {
    weight: 7,
    act: async (world) => {
      const last = world.restores.pop();
      if (last !== undefined) await undo(world, last);
    },
  },

  killed: { weight: 14, act: killed },

  clockJump: {
    weight: 6,
    act: async (world) => {
      const hours = world.pick([1, 5, 30, 24 * 7, -2, -30, 24 * 400, -24 * 400])!;
      world.clock.jumpWall(hours * HOUR_MS);
      world.notes.push(`    by ${hours} hours`);
    },
  },

  oldReader: { weight: 6, act: readWithOldIndex },
  overlap: { weight: 6, act: overlap },
  slept: { weight: 6, act: sleepInBackup },

  prove: { weight: 3, act: (world) => world.prove() },
} as const satisfies Readonly<Record<string, RunAction>>;

export type RunActionName = keyof typeof RUN_ACTIONS;

/** Whoever watches the folder sees what a restore, or its undo, does in it. */
function touchAll(world: RunWorld, ...pictures: readonly Picture[]): void {
  for (const picture of pictures) world.source.touched.push(...picture.keys());
}

function pastRestore(world: RunWorld, id: ByteString, before: Picture): PastRestore {
  const { touched, quietPatches } = world.source;
  return { id, before, restored: world.picture(), changesThen: touched.length, quietThen: quietPatches };
}

/** Takes the newest restore back; unless somebody changed the folder since, it is as it was before. */
async function undo(
  world: RunWorld,
  { id, before, restored, changesThen, quietThen }: PastRestore,
): Promise<void> {
  const isUntouched = world.source.touched.length === changesThen;
  const present = world.picture();
  const request = { folder: textToByteString(world.source.root), id, force: false };
  const { identity, primitives } = world.openClient().repository.ports;
  const parts = { files: createTargetFiles(), clock: world.clock, identity, primitives };
  const code = await codeOf(executeUndo(parts, request));
  const after = world.picture();
  touchAll(world, before, present, after);
  world.notes.push(`    ${code ?? (isUntouched ? 'to what was before' : 'of what was changed since')}`);
  if (isUntouched && code === undefined) return expectEqual(before, after, 'the folder after the undo');
  if (code !== undefined) return;
  // What the restore took away is back, and what came since is there still, under whatever name.
  const [then, now] = [contentsOf(restored), contentsOf(after)];
  // A restored file that is changed in place, with its time set back, is taken for untouched.
  const isQuiet = world.source.quietPatches > quietThen;
  for (const picture of isQuiet ? [before] : [before, present])
    for (const [content, path] of contentsOf(picture))
      if (!then.has(content) && !now.has(content)) throw new Error(`${path} is gone: ${content}`);
}

/** Sizes and hashes of files, with one of their paths. */
function contentsOf(picture: Picture): Map<string, string> {
  const contents = new Map<string, string>();
  for (const [path, { what }] of picture) {
    const [content] = /\d+ bytes [0-9a-f]+/.exec(what) ?? [];
    if (content !== undefined) contents.set(content, path);
  }
  return contents;
}

function expectEqual(expected: Picture, found: Picture, what: string): void {
  const differences = comparePictures(expected, found);
  if (differences.length > 0)
    throw new Error(`${what} is otherwise:\n${differences.slice(0, 10).join('\n')}`);
}

/** An operation stops at a random call to the store; whether the last call still took effect is chance, too. */
async function killed(world: RunWorld): Promise<void> {
  if (world.lockCount() > 0) await world.unlock();
  const client = world.openClient();
  const what = world.pick(['backup', 'prune', 'forget', 'restore'] as const)!;
  const stopAt = 1 + world.random.below(CALLS[what]);
  const plan = { counting: 'all', lastTakesEffect: world.chance(50) } as const;
  const before = world.picture();
  const earlier = undoIds(world);
  const version = anyVersion(world);
  const terms = version === undefined ? {} : forgetTerms(world);
  const runs = {
    backup: () => backUp(world, client),
    prune: () => runPrune(world, client),
    forget: () => forget(client, terms),
    restore: () => (version === undefined ? Promise.resolve() : restoreInto(world, client, version, true)),
  };
  if (version === undefined && what !== 'backup') return;
  client.storage.stopAt(stopAt, plan);
  const code = await codeOf(runs[what]());
  client.die();
  // A short operation may have ended before the call at which it was to stop.
  const end = client.storage.isAllReached ? (code ?? 'ended') : 'ended before';
  world.notes.push(`    ${what} at call ${stopAt}: ${end}`);
  if (what === 'backup') for (const id of world.unknownIds()) world.addVersion(id, before);
  if (what === 'forget') {
    const listed = world.listedIds();
    const gone = [...world.versions.keys()].filter((id) => !listed.includes(id));
    // A policy keeps something; of named versions none but those may go.
    if (terms.ids === undefined ? listed.length === 0 : gone.some((id) => !terms.ids!.includes(id)))
      throw new Error(`a forget took ${gone.join()} away`);
    for (const id of gone) world.versions.delete(id);
  }
  if (what !== 'restore') return;
  const restored = world.picture();
  touchAll(world, before, restored);
  // It may have died before it could change anything.
  const begun = undoIds(world).find((id) => !earlier.includes(id));
  if (begun === undefined) return expectEqual(before, restored, 'the folder that was not restored');
  await undo(world, pastRestore(world, begun, before));
}

function undoIds(world: RunWorld): ByteString[] {
  const folder = join(world.source.root, '.tidemark-undo');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [textToByteString(entry.name)] : []));
}

/** Whoever loaded the index long ago reads right, or says that it cannot; never anything else. */
async function readWithOldIndex(world: RunWorld): Promise<void> {
  const old = world.oldReaders[0];
  if (old === undefined || world.chance(30)) {
    const { repository } = world.openClient();
    await repository.loadIndex();
    world.oldReaders.unshift(repository);
    return;
  }
  const version = anyVersion(world);
  if (version === undefined) return;
  let differences: string[] = [];
  const code = await codeOf(world.differencesOf(old, version).then((lines) => (differences = lines)));
  world.notes.push(`    ${code ?? `${differences.length} differences`}`);
  const wrong = differences.filter((line) => / != /.test(line) && !/^\S+: 40000/.test(line));
  if (wrong.length > 0) throw new Error(`an old index restores wrong content:\n${wrong.join('\n')}`);
}

/** While a backup is in its work, others may save, but nobody may remove. */
async function overlap(world: RunWorld): Promise<void> {
  if (world.versions.size >= MOST_VERSIONS) return;
  await inMidBackup(world, async () => {
    const code = await codeOf(runPrune(world, world.openClient()));
    if (code !== 'repository.locked') throw new Error(`a prune beside a backup ends with ${code}`);
    const picture = world.picture();
    const { snapshotId } = await backUp(world, world.openClient());
    world.addVersion(snapshotId!, picture);
  });
}

/** The machine of a backup sleeps in mid-work. If its lock is gone meanwhile, it must not save anything. */
async function sleepInBackup(world: RunWorld): Promise<void> {
  if (world.versions.size >= MOST_VERSIONS || world.versions.size === 0) return;
  await inMidBackup(world, async () => {
    world.clock.suspend(HOUR_MS);
    if (world.chance(30)) return 'goes on';
    if ((await world.unlock()) === 0) throw new Error('the lock of a sleeper is not stale after an hour');
    const { plan } = await forget(world.openClient(), forgetTerms(world));
    for (const { id } of plan.remove) world.versions.delete(id);
    await runPrune(world, world.openClient());
    return 'must stop';
  });
}

/** Stops a backup at its first pack, lets others act, and lets it go on. */
async function inMidBackup(
  world: RunWorld,
  meanwhile: () => Promise<'goes on' | 'must stop' | void>,
): Promise<void> {
  if (world.lockCount() > 0) await world.unlock();
  for (const line of world.source.mutate(3)) world.notes.push(`    ${line}`);
  const client = world.openClient();
  const gate = Promise.withResolvers<void>();
  client.storage.plan('save', { kind: 'stall', until: gate.promise }, { type: 'pack' });
  const picture = world.picture();
  let isOver = false;
  const running = codeOf(backUp(world, client)).finally(() => (isOver = true));
  // With nothing new to store it ends without a pack.
  while (!isOver && !isStalled(client)) await new Promise((resolve) => setImmediate(resolve));
  const wasReached = !isOver;
  let outcome: 'goes on' | 'must stop' | void = undefined;
  try {
    if (wasReached) outcome = await meanwhile();
  } finally {
    gate.resolve();
  }
  const code = await running;
  world.notes.push(`    the backup ${code ?? 'ended'}`);
  const isLost = outcome === 'must stop';
  if (isLost !== (code === 'repository.lockLost'))
    throw new Error(`a backup that ${outcome ?? 'goes on'} ends with ${code}`);
  const added = world.unknownIds();
  if (added.length !== (isLost ? 0 : 1)) throw new Error(`it left ${added.length} versions`);
  for (const id of added) world.addVersion(id, picture);
}

function isStalled({ storage }: RunClient): boolean {
  try {
    storage.assertAllReached();
    return true;
  } catch {
    return false;
  }
}

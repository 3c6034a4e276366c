/** Turns that make, change, copy and remove versions. Each says afterwards what the model must hold. */
import fs from 'node:fs';
import { basename, join } from 'node:path';
import type { Snapshot } from '#format/snapshot.ts';
import { takePicture, withoutEntries, type Picture } from '#test/support/picture.ts';
import type { ModelledRepository, Version } from './modelled-repository.ts';
import type { TurnStep } from './take-turns.ts';
import type { TurnProgram } from './turn-program.ts';
import type { TurnWorld } from './turn-world.ts';

/** More would make proofs slow. */
const MOST_VERSIONS = 13;
const HOSTS = ['one', 'two'];
const TAGS = ['red', 'green', 'blue'];

const backup: TurnStep = {
  name: 'backup',
  weight: 20,
  isPossible: ({ main }) => main.versions.size < MOST_VERSIONS,
  take: async (world) => {
    mutate(world);
    const repository = world.chance(10) ? world.second : world.main;
    const program = world.program();
    const extra: string[] = [];
    const how = world.pick(['', '', '', '', '--force', '--parent']);
    if (how === '--force') extra.push(how);
    if (how === '--parent' && repository.versions.size > 0) extra.push(how, world.version(repository).id);
    const pattern = world.chance(15) ? '*.tmp' : undefined;
    if (pattern !== undefined) extra.push('--exclude', pattern);
    await backUp(world, program, repository, extra, pattern);
  },
};

const hintedBackup: TurnStep = {
  name: 'hinted backup',
  weight: 8,
  isPossible: ({ main, programs }) =>
    main.versions.size < MOST_VERSIONS && programs.some(({ can }) => can.hint) && parents(main).length > 0,
  take: async (world) => {
    const parent = world.pick(parents(world.main));
    mutate(world);
    const list = join(world.folder, 'touched');
    const touched = new Set(world.source.touched.slice(parent.touchedBefore));
    fs.writeFileSync(list, [...touched].map((path) => `${join(world.source.root, path)}\0`).join(''));
    const program = world.program(({ can }) => can.hint);
    await backUp(world, program, world.main, ['--parent', parent.id, '--changed-paths-from', list]);
  },
};

/** Versions that hold the whole source, so that it can be said what was touched since. */
function parents({ versions }: ModelledRepository): Version[] {
  return [...versions.values()].filter(({ touchedBefore }) => touchedBefore !== undefined);
}

function mutate(world: TurnWorld): void {
  for (const line of world.source.mutate(world.random.below(8))) world.note(`    ${line}`);
}

/** Runs a backup of the source as it is, and takes the new version into the model. */
export async function backUp(
  world: TurnWorld,
  program: TurnProgram,
  repository: ModelledRepository,
  extra: readonly string[],
  pattern?: string,
): Promise<void> {
  const { args, tags, hostname, time } = backupTerms(world);
  const picture = withoutPattern(takePicture(world.source.root), pattern);
  await world.succeed(program, repository, ['backup', ...args, ...extra, world.source.root]);
  const version = await adoptBackup(world, repository, picture, pattern !== undefined);
  if (version === undefined) throw new Error('the backup made no version');
  const { snapshot } = version;
  const saved = [
    snapshot.hostname,
    snapshot.time.slice(0, 19),
    [...snapshot.tags].sort().join(),
    snapshot.paths.join(),
  ];
  const wanted = [hostname, time.replace(' ', 'T'), tags.toSorted().join(), world.source.root];
  if (saved.join('|') !== wanted.join('|'))
    throw new Error(`saved ${saved.join('|')} instead of ${wanted.join('|')}`);
}

export function backupTerms(world: TurnWorld): {
  args: string[];
  tags: string[];
  hostname: string;
  time: string;
} {
  const [hostname, time] = [world.pick(HOSTS), world.nextTime()];
  const tags = TAGS.filter(() => world.chance(25));
  const args = ['--host', hostname, '--time', time, ...tags.flatMap((tag) => ['--tag', tag])];
  return { args, tags, hostname, time };
}

/** The one version that a backup added, if it did. */
export async function adoptBackup(
  world: TurnWorld,
  repository: ModelledRepository,
  picture: Picture,
  isPart = false,
): Promise<Version | undefined> {
  const added = await repository.newSnapshots();
  const [one] = added;
  if (added.length > 1) throw new Error(`a backup made ${added.length} versions`);
  if (one === undefined) return undefined;
  const version = { ...one, picture, touchedBefore: isPart ? undefined : world.source.touched.length };
  repository.add(version);
  return version;
}

function withoutPattern(picture: Picture, pattern: string | undefined): Picture {
  if (pattern === undefined) return picture;
  return withoutEntries(picture, (path) =>
    pattern.startsWith('*') ? basename(path).endsWith(pattern.slice(1)) : path === pattern,
  );
}

const forgetByPolicy: TurnStep = {
  name: 'forget by policy',
  weight: 9,
  isPossible: ({ main }) => main.versions.size > 3,
  take: async (world) => {
    const repository =
      world.second.versions.size > MOST_VERSIONS || world.chance(15) ? world.second : world.main;
    const program = world.program();
    const args = [
      'forget',
      '--json',
      ...policy(world),
      '--group-by',
      world.pick(['host,paths', '', 'host', 'host,tags']),
    ];
    // Whoever judges alike says beforehand what will go.
    const prophet = world.programs.find(
      (other) => other !== program && other.can.forgetAsNow && program.can.forgetAsNow,
    );
    const foretold =
      prophet === undefined
        ? undefined
        : removedIn((await world.succeed(prophet, repository, [...args, '--dry-run'])).stdout);
    const run = await world.succeed(program, repository, world.chance(30) ? [...args, '--prune'] : args);
    const told = removedIn(run.stdout);
    // Of versions with the same time, such as a rewritten one and its old one, it is chance in restic which one goes.
    const timesOf = (ids: readonly string[]): string =>
      ids
        .map((id) => repository.versions.get(id)!.snapshot.time)
        .sort()
        .join();
    if (foretold !== undefined && timesOf(foretold) !== timesOf(told))
      throw new Error(
        `${program.name} removes ${told.join()}, ${prophet!.name} would have removed ${foretold.join()}`,
      );
    for (const id of told) repository.versions.delete(id);
  },
};

function policy(world: TurnWorld): string[] {
  const rules = [
    ['--keep-last', String(1 + world.random.below(6))],
    ['--keep-hourly', String(1 + world.random.below(6))],
    ['--keep-daily', String(1 + world.random.below(5))],
    ['--keep-weekly', String(1 + world.random.below(3))],
    ['--keep-monthly', '2'],
    ['--keep-within', `${world.random.below(5)}d${world.random.below(24)}h`],
    ['--keep-within-daily', `${1 + world.random.below(9)}d`],
    ['--keep-tag', world.pick(TAGS)],
  ];
  return ['--keep-last', '2', ...world.pick(rules), ...world.pick(rules)];
}

/** Ids that the groups of `forget --json` remove, sorted. */
function removedIn(stdout: string): string[] {
  const line = stdout.split('\n').find((text) => text.startsWith('['));
  const groups = JSON.parse(line ?? '[]') as { remove: { id: string }[] | null }[];
  return groups.flatMap(({ remove }) => (remove ?? []).map(({ id }) => id)).sort();
}

const forgetOne: TurnStep = {
  name: 'forget one',
  weight: 6,
  isPossible: ({ main }) => main.versions.size > 2,
  take: async (world) => {
    const repository = world.second.versions.size > 2 && world.chance(40) ? world.second : world.main;
    const { id } = world.version(repository);
    await world.succeed(world.program(), repository, ['forget', id]);
    repository.versions.delete(id);
  },
};

const tag: TurnStep = {
  name: 'tag',
  weight: 8,
  isPossible: ({ main }) => main.versions.size > 0,
  take: async (world) => {
    const repository = world.second.versions.size > 0 && world.chance(20) ? world.second : world.main;
    const old = world.version(repository);
    const before = old.snapshot.tags;
    const how = world.pick(['--add', '--remove', '--set']);
    const named = new Set([world.pick(TAGS), world.pick(TAGS)]);
    const after =
      how === '--set'
        ? named
        : new Set(how === '--add' ? [...before, ...named] : before.filter((one) => !named.has(one)));
    await world.succeed(world.program(), repository, ['tag', how, [...named].join(), old.id]);
    const added = await repository.newSnapshots();
    // Setting the tags that are there may count as a change, or not.
    if (same(after, before) && added.length === 0) return;
    const original = old.snapshot.original ?? old.id;
    replace(
      repository,
      old,
      added,
      ({ snapshot }) => snapshot.original === original && same(after, snapshot.tags),
    );
  },
};

/** The old version gives way to the only new one, which has its content. */
function replace(
  repository: ModelledRepository,
  old: Version,
  added: readonly { id: string; snapshot: Snapshot }[],
  isRight: (found: { id: string; snapshot: Snapshot }) => boolean,
): void {
  const [one, ...more] = added;
  if (one === undefined || more.length > 0 || !isRight(one) || one.snapshot.time !== old.snapshot.time)
    throw new Error(`instead of one successor of ${old.id}: ${JSON.stringify(added)}`);
  repository.versions.delete(old.id);
  repository.add({ ...old, ...one });
}

function same(one: ReadonlySet<string>, other: readonly string[]): boolean {
  return one.size === other.length && other.every((text) => one.has(text));
}

const rewrite: TurnStep = {
  name: 'rewrite',
  weight: 6,
  isPossible: ({ main }) => main.versions.size > 0 && main.versions.size < MOST_VERSIONS,
  take: async (world) => {
    const repository = world.main;
    const old = world.version(repository);
    const names = [...old.picture.keys()].filter((path) => path !== '.');
    const pattern = names.length > 0 && world.chance(60) ? world.pick(names) : world.pick(['*.tmp', '*.bak']);
    const picture = withoutPattern(old.picture, pattern);
    const forget = world.chance(50);
    const shown = pattern.startsWith('*') ? pattern : join(world.source.root, pattern);
    const args = ['rewrite', '--exclude', shown, ...(forget ? ['--forget'] : []), old.id];
    await world.succeed(
      world.program(({ can }) => can.rewrite),
      repository,
      args,
    );
    const added = await repository.newSnapshots();
    if (picture.size === old.picture.size && added.length === 0) return;
    const tags = new Set([...old.snapshot.tags, ...(forget ? [] : ['rewrite'])]);
    replace(
      repository,
      old,
      added,
      ({ snapshot }) => snapshot.original === old.id && same(tags, snapshot.tags),
    );
    const [one] = added;
    repository.add({ ...one!, picture, touchedBefore: undefined });
    if (!forget) repository.add(old);
  },
};

const copy: TurnStep = {
  name: 'copy',
  weight: 7,
  isPossible: ({ main, second }) => main.versions.size > 0 && second.versions.size < MOST_VERSIONS,
  take: async (world) => {
    const isBack =
      world.second.versions.size > 0 && world.main.versions.size < MOST_VERSIONS && world.chance(30);
    const [from, to] = isBack ? [world.second, world.main] : [world.main, world.second];
    const chosen = world.chance(40) ? [...from.versions.values()] : [world.version(from)];
    const ids = chosen.length === from.versions.size ? [] : chosen.map(({ id }) => id);
    const lacking = chosen.filter(
      (version) => ![...to.versions.values()].some((there) => isCopy(there, version)),
    );
    await world.succeed(world.program(), to, ['copy', ...ids], { from: world.place(from) });
    const added = await to.newSnapshots();
    for (const { id, snapshot } of added) {
      const of = lacking.find((version) => isCopy({ id, snapshot }, version));
      if (of === undefined || snapshot.parent !== undefined)
        throw new Error(`the new version ${id} is no copy of one that was lacking`);
      to.add({ ...of, id, snapshot });
    }
    for (const version of lacking)
      if (!added.some((there) => isCopy(there, version)))
        throw new Error(`version ${version.id} was not copied`);
  },
};

/** Source: repository format, 16.1. */
function isCopy(there: Pick<Version, 'id' | 'snapshot'>, of: Version): boolean {
  const [one, two] = [there.snapshot, of.snapshot];
  const fields = (snapshot: Snapshot, id: string): string =>
    JSON.stringify([
      snapshot.original ?? id,
      snapshot.time,
      snapshot.tree,
      snapshot.hostname,
      snapshot.username,
      snapshot.paths,
      snapshot.excludes,
      snapshot.tags,
    ]);
  return fields(one, there.id) === fields(two, of.id);
}

const restore: TurnStep = {
  name: 'restore',
  weight: 4,
  isPossible: ({ main }) => main.versions.size > 0,
  take: (world) => world.assertRestores(world.program(), world.main, world.version(world.main)),
};

/** The first one is possible at the beginning. */
export const keepingSteps: readonly TurnStep[] = [
  backup,
  hintedBackup,
  forgetByPolicy,
  forgetOne,
  tag,
  rewrite,
  copy,
  restore,
];

/** E6 as a person meets it: a place loses the small files without which nothing of it can be opened, and gets them back. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Core } from '#core/core.ts';
import { accountOf } from '#services/keys/place-access.ts';
import { getPlace } from '#services/state/places-table.ts';
import { getSetting } from '#services/state/settings-table.ts';
import { CoreWorld } from '#test/support/core-world.ts';
import { withState } from '#test/support/state.ts';

let world: CoreWorld;
let planId: string;
let place: { placeId: string; recoveryCode: string };

beforeEach(async () => {
  world = new CoreWorld();
  await world.start();
  world.write('letters/a.txt', 'to grandmother');
  place = await world.addPlace('drive');
  planId = await world.addPlan([world.at('letters')], [place.placeId]);
  expect(await backUp()).toBe('done');
});
afterEach(() => world.remove());

async function backUp(placeId = place.placeId): Promise<string> {
  const { state, error } = await world.run({ kind: 'backup', planId, placeId } as Parameters<
    CoreWorld['run']
  >[0]);
  return error?.code ?? state;
}

async function problems(): Promise<string[]> {
  const { health } = await world.mirror();
  return health.problems.map(({ code }) => code);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > 200) throw new Error('it does not come to be');
    await sleep(25);
  }
}

/** What the core makes up for by itself has opened the place, and would be asked along with what is asked next. */
async function untilQuiet(): Promise<void> {
  for (let quiet = 0; quiet < 5;) {
    const { jobs } = await world.mirror();
    quiet = jobs.some(({ state }) => state === 'queued' || state === 'running') ? 0 : quiet + 1;
    await sleep(50);
  }
}

const hasCopies = (id = place.placeId): Promise<boolean> =>
  world.calls['jobs.list']({ limit: 20, beforeMs: null }).then((jobs) =>
    jobs.some(({ kind, state, placeId }) => kind === 'readHistory' && state === 'done' && placeId === id),
  );

const mend = (password: string | null = null): ReturnType<Core['calls']['places.mendKeys']> =>
  world.calls['places.mendKeys']({ placeId: place.placeId as never, password });

/** What is kept of the place, read as the next start reads it. */
async function keyIdOf(): Promise<string | null | undefined> {
  await world.stop();
  const found = await withState(world.at('profile'), (state) =>
    state.read((reader) => getPlace(reader, place.placeId as never)),
  );
  await world.start();
  return found?.machineKeyId;
}

const config = (): string => world.at('drive', 'config');
const keysOf = (name = 'drive'): string[] => readdirSync(world.at(name, 'keys')).sort();

function loseKeys(): Map<string, Buffer> {
  const lost = new Map(keysOf().map((name) => [name, readFileSync(world.at('drive', 'keys', name))]));
  for (const name of lost.keys()) rmSync(world.at('drive', 'keys', name));
  return lost;
}

test('E6 config and keys: what is lost is told as what it is, and put back with one click', async () => {
  await until(() => hasCopies());
  const before = readFileSync(config());
  for (const [damage, code, was] of [
    [() => rmSync(config()), 'repository.notFound', 'missing'],
    [() => flip(config()), 'repository.configInvalid', 'damaged'],
  ] as const) {
    await untilQuiet();
    damage();
    expect(await backUp()).toBe(code);
    await until(async () => (await problems()).includes('keysLost'));
    expect(await problems()).toEqual(['keysLost']);
    expect(await mend()).toEqual([{ kind: 'config', was }]);
    expect(readFileSync(config())).toEqual(before);
    await until(async () => !(await problems()).includes('keysLost'));
  }
  expect(readdirSync(world.at('profile', 'kept'))).toHaveLength(1);

  await untilQuiet();
  const lost = loseKeys();
  expect(lost.size).toBe(2);
  expect(await backUp()).not.toBe('done');
  await until(async () => (await problems()).includes('keysLost'));
  // The one that this computer opens with; the person's own comes back with what only the person knows.
  expect(await mend()).toEqual([{ kind: 'key', was: 'missing' }]);
  for (const name of keysOf()) expect(readFileSync(world.at('drive', 'keys', name))).toEqual(lost.get(name));
  expect(await backUp()).toBe('done');

  // A drive that is not there, or another one, lacks nothing.
  await untilQuiet();
  for (const name of readdirSync(world.at('drive'))) rmSync(world.at('drive', name), { recursive: true });
  expect(await backUp()).toBe('repository.notFound');
  await sleep(100);
  expect(await problems()).not.toContain('keysLost');
  await expect(mend()).rejects.toMatchObject({ code: 'repository.notFound' });
  expect(readdirSync(world.at('drive'))).toEqual([]);
});

test('what this computer knew is lost, too: the code puts its keys back, and the id of the one that opens is kept', async () => {
  await until(() => hasCopies());
  await untilQuiet();
  const before = await keyIdOf();
  expect(keysOf()).toContain(before);
  loseKeys();
  await world.keychain.delete(accountOf(place.placeId));
  await mend(place.recoveryCode);
  expect(await backUp()).toBe('done');
  const after = await keyIdOf();
  expect(after).not.toBe(before);
  expect(keysOf()).toContain(after);
});

test('another place carries the copies: a new computer mends the first place with its code alone', async () => {
  const second = await world.addPlace('second');
  const { plans } = await world.mirror();
  const { id: _id, pause: _pause, createdAtMs: _made, changedAtMs: _changed, ...choices } = plans[0]!;
  await world.calls['plans.put']({
    id: planId as never,
    choices: { ...choices, placeIds: [place.placeId, second.placeId] as never },
  });
  await until(() => hasCopies());
  expect(await backUp(second.placeId)).toBe('done');
  expect((await world.run({ kind: 'saveSettings', placeId: second.placeId } as never)).state).toBe('done');
  await world.stop();
  const before = readFileSync(config());
  rmSync(config());
  const lost = loseKeys();
  await world.start('another computer');
  const location = world.at('second');
  const [found] = await world.calls['adopt.look']({ location, password: second.recoveryCode });
  await world.calls['adopt.take']({ location, password: second.recoveryCode, snapshotId: found!.snapshotId });
  expect(await mend(place.recoveryCode)).toEqual([
    { kind: 'config', was: 'missing' },
    { kind: 'key', was: 'missing' },
  ]);
  expect(readFileSync(config())).toEqual(before);
  expect(lost.has(keysOf()[0]!)).toBe(true);
  expect(await backUp()).toBe('done');
});

test('a code that was withdrawn is in no copy any more', async () => {
  const kept = world.at('kept elsewhere');
  mkdirSync(kept);
  for (const name of keysOf()) copyFileSync(world.at('drive', 'keys', name), `${kept}/${name}`);
  const { recoveryCode } = await world.calls['places.renewRecovery']({ placeId: place.placeId as never });
  // Until the new one is proven the old one opens as well.
  expect(keysOf()).toHaveLength(3);
  await world.calls['places.unlock']({ placeId: place.placeId as never, password: place.recoveryCode });
  await world.calls['places.proveRecovery']({ placeId: place.placeId as never, code: recoveryCode! });
  expect(keysOf()).toHaveLength(2);
  const withdrawn = readdirSync(kept).filter((name) => !keysOf().includes(name));
  expect(withdrawn).toHaveLength(1);
  await expect(
    world.calls['places.unlock']({ placeId: place.placeId as never, password: place.recoveryCode }),
  ).rejects.toMatchObject({
    code: 'repository.wrongPassword',
  });
  // Comes after what the proof has begun.
  expect((await world.run({ kind: 'readHistory', placeId: place.placeId } as never)).state).toBe('done');
  await world.stop();
  const copies = await withState(world.at('profile'), (state) =>
    state.read((reader) => getSetting(reader, 'keyCopies')),
  );
  expect(Object.values(copies ?? {}).map(({ keys }) => keys.map(({ id }) => id).sort())).toEqual([keysOf()]);
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[40]! ^= 1;
  rmSync(file);
  writeFileSync(file, bytes);
}

/** Who can open the copies, as a person meets it: codes given to others, the own passphrase, and taking them back. */
import { renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findSecretsBelow } from '#test/support/find-text.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import { withState } from '#test/support/state.ts';
import { CoreWorld } from '#test/support/core-world.ts';

const PASSPHRASE = 'quiet moss unfolds twelve';
const OTHER_PASSPHRASE = 'seven lamps below the river';

let world: CoreWorld;
let planId: string;
let near: { placeId: string; recoveryCode: string };
let far: typeof near;

beforeEach(async () => {
  world = new CoreWorld();
  await world.start();
  world.write('letters/a.txt', 'to grandmother');
  near = await world.addPlace('near');
  far = await world.addPlace('far');
  planId = await world.addPlan([world.at('letters')], [near.placeId, far.placeId]);
  for (const { placeId } of [near, far]) await readHistory(placeId);
});
afterEach(() => world.remove());

async function readHistory(placeId: string): Promise<void> {
  await world.run({ kind: 'backup', planId, placeId } as Parameters<CoreWorld['run']>[0]);
  await world.run({ kind: 'readHistory', placeId } as Parameters<CoreWorld['run']>[0]);
}

const goes = (): void => renameSync(world.at('far'), world.at('far, unplugged'));
const comes = (): void => renameSync(world.at('far, unplugged'), world.at('far'));

/** Whatever else is at work there first: what is owed waits for the next reading then. */
async function catchUp(): Promise<void> {
  for (let times = 0; times < 10; times++) {
    await readHistory(far.placeId);
    const owed = (await list()).flatMap(({ places }) =>
      places.filter(({ state }) => state.startsWith('will')),
    );
    if (owed.length === 0) return;
  }
  throw new Error('what is owed is never done');
}

/** A stranger's computer, with nothing but what is typed. */
async function opens(place: string, typed: string): Promise<boolean> {
  try {
    await world.openPlace(place, typed);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'repository.wrongPassword' });
    return false;
  }
}

const prove = ({ placeId, recoveryCode }: typeof near) =>
  world.calls['places.proveRecovery']({ placeId: placeId as never, code: recoveryCode });
const list = async () => (await world.calls['keys.list']({})).keys;
const withdraw = (places: readonly { placeId: string; keyId: string }[]) =>
  world.calls['keys.withdraw']({ keys: places.map((each) => ({ ...each })) as never });
const keyOf = async (kind: string) => (await list()).find((key) => key.kind === kind)!;
const idsOf = (places: readonly { placeId: string; keyId: string }[]) =>
  places.map(({ placeId, keyId }) => ({ placeId, keyId }));

describe('a helper code', () => {
  test('opens every place, is listed with whom it was given to, and is withdrawn alone', async () => {
    const { code, places } = await world.calls['keys.addHelper']({ givenTo: 'Anna' });
    expect(places.map(({ state }) => state)).toEqual(['done', 'done']);
    expect([await opens('near', code), await opens('far', code)]).toEqual([true, true]);
    const listed = (await list()).map(({ kind, givenTo, isThisComputer, places: { length } }) => [
      kind,
      givenTo,
      isThisComputer,
      length,
    ]);
    expect(listed).toHaveLength(4);
    expect(listed).toEqual(
      expect.arrayContaining([
        ['helper', 'Anna', false, 2],
        ['machine', null, true, 2],
        ['recovery', null, false, 1],
      ]),
    );
    const helper = await keyOf('helper');
    expect((await withdraw(idsOf(helper.places))).places.map(({ state }) => state)).toEqual(['done', 'done']);
    expect([await opens('near', code), await opens('far', code)]).toEqual([false, false]);
    expect([await opens('near', near.recoveryCode), await opens('far', far.recoveryCode)]).toEqual([
      true,
      true,
    ]);
    expect(await keyOf('helper')).toBeUndefined();
  });

  test('reaches a place that is away when it is there again, and leaves it so too', async () => {
    goes();
    const { code, places } = await world.calls['keys.addHelper']({ givenTo: 'Anna' });
    expect(places.map(({ state }) => state)).toEqual(['done', 'owed']);
    expect((await keyOf('helper')).places.map(({ state }) => state)).toEqual(['opens', 'willOpen']);
    expect((await world.calls['keys.list']({})).away).toEqual([far.placeId]);
    comes();
    expect(await opens('far', code)).toBe(false);
    await catchUp();
    expect(await opens('far', code)).toBe(true);
    expect((await keyOf('helper')).places.map(({ state }) => state)).toEqual(['opens', 'opens']);

    goes();
    const { places: before } = await keyOf('helper');
    expect((await withdraw(idsOf(before))).places.map(({ state }) => state)).toEqual(['done', 'owed']);
    expect((await keyOf('helper')).places.map(({ state }) => state)).toEqual(['willBeWithdrawn']);
    comes();
    await catchUp();
    expect([await opens('near', code), await opens('far', code)]).toEqual([false, false]);
    expect(await keyOf('helper')).toBeUndefined();
  });

  test('that still waits for its place never gets there once it is withdrawn', async () => {
    goes();
    const { code } = await world.calls['keys.addHelper']({ givenTo: 'Anna' });
    const { places } = await keyOf('helper');
    expect((await withdraw(idsOf(places))).places.map(({ state }) => state)).toEqual(['done', 'done']);
    comes();
    await catchUp();
    expect(await opens('far', code)).toBe(false);
  });

  test('nothing of it is in the files of the profile', async () => {
    goes();
    const { code } = await world.calls['keys.addHelper']({ givenTo: 'Anna' });
    await world.stop();
    const { found, seen } = findSecretsBelow(world.at('profile'), { code });
    expect(found).toEqual([]);
    expect(seen).toBeGreaterThan(0);
    await world.start();
    expect((await keyOf('helper')).givenTo).toBe('Anna');
  });
});

describe('the own passphrase', () => {
  test('opens every place, and the next one takes its turn, also where a place was away', async () => {
    await world.calls['keys.setPassphrase']({ passphrase: PASSPHRASE });
    expect([await opens('near', PASSPHRASE), await opens('far', PASSPHRASE)]).toEqual([true, true]);
    goes();
    const { places } = await world.calls['keys.setPassphrase']({ passphrase: OTHER_PASSPHRASE });
    expect(places.map(({ state }) => state)).toEqual(['done', 'owed']);
    expect(await opens('near', PASSPHRASE)).toBe(false);
    comes();
    await catchUp();
    expect([await opens('near', OTHER_PASSPHRASE), await opens('far', OTHER_PASSPHRASE)]).toEqual([
      true,
      true,
    ]);
    expect(await opens('far', PASSPHRASE)).toBe(false);
  });

  test('set twice while a place is away: only the last one gets there', async () => {
    goes();
    await world.calls['keys.setPassphrase']({ passphrase: PASSPHRASE });
    await world.calls['keys.setPassphrase']({ passphrase: OTHER_PASSPHRASE });
    comes();
    await catchUp();
    expect([await opens('far', PASSPHRASE), await opens('far', OTHER_PASSPHRASE)]).toEqual([false, true]);
  });

  test('of before is withdrawn also where the copy of the keys does not know it yet', async () => {
    await world.calls['keys.setPassphrase']({ passphrase: PASSPHRASE });
    await world.stop();
    await withState(world.at('profile'), (state) =>
      state.commit((writer) => {
        const copies = getSetting(writer, 'keyCopies')!;
        const { keys, ...copy } = copies[far.placeId as never]!;
        const passphrase = Object.values(getSetting(writer, 'givenKeys')!)[0]!.keyIds[far.placeId as never];
        const without = { ...copy, keys: keys.filter(({ id }) => id !== passphrase) };
        putSetting(writer, 'keyCopies', { ...copies, [far.placeId]: without });
      }),
    );
    goes();
    await world.start();
    await world.calls['keys.setPassphrase']({ passphrase: OTHER_PASSPHRASE });
    comes();
    await catchUp();
    expect([await opens('far', PASSPHRASE), await opens('far', OTHER_PASSPHRASE)]).toEqual([false, true]);
  });

  test('is refused where it is weak, and no place gets it', async () => {
    await expect(world.calls['keys.setPassphrase']({ passphrase: 'password1234' })).rejects.toMatchObject({
      code: 'request.invalidInput',
    });
    expect(await opens('near', 'password1234')).toBe(false);
  });

  test('typed in this run, it is followed by the new one without a question', async () => {
    await world.calls['keys.setPassphrase']({ passphrase: PASSPHRASE });
    await world.calls['places.unlock']({ placeId: near.placeId as never, password: PASSPHRASE });
    await world.calls['keys.setPassphrase']({ passphrase: OTHER_PASSPHRASE });
    expect([await opens('near', PASSPHRASE), await opens('near', OTHER_PASSPHRASE)]).toEqual([false, true]);
    await readHistory(near.placeId);
  });
});

test('what stays: this computer, and the last way in that was proven', async () => {
  await world.calls['keys.addHelper']({ givenTo: 'Anna' });
  const [code, own] = [await keyOf('recovery'), await keyOf('machine')];
  expect(code.places.map(({ stays }) => stays)).toEqual(['lastRecoveryKey']);
  expect(own.places.map(({ stays }) => stays)).toEqual(['keyInUse', 'keyInUse']);
  const [refused] = (await withdraw(idsOf(code.places))).places;
  expect(refused).toMatchObject({ state: 'refused', error: { code: 'repository.lastRecoveryKey' } });
  const [inUse] = (await withdraw(idsOf(own.places))).places;
  expect(inUse).toMatchObject({ state: 'refused', error: { code: 'repository.keyInUse' } });
  await prove(near);
  await world.calls['keys.setPassphrase']({ passphrase: PASSPHRASE });
  expect((await keyOf('recovery')).places.map(({ stays }) => stays)).toEqual([null]);
  await withdraw(idsOf((await keyOf('recovery')).places));
  expect(await opens('near', near.recoveryCode)).toBe(false);
  // What is left is to be shown once, as any way in; nobody is asked for a group of a page that is worth nothing.
  expect((await world.mirror()).places.map(({ isRecoveryProven }) => isRecoveryProven)).toEqual([
    false,
    false,
  ]);
  expect((await keyOf('passphrase')).places.map(({ stays }) => stays)).toEqual([
    'lastRecoveryKey',
    'lastRecoveryKey',
  ]);
  await world.calls['places.proveRecovery']({ placeId: near.placeId as never, code: PASSPHRASE });
});

test('a new computer knows to whom codes were given', async () => {
  await world.calls['keys.addHelper']({ givenTo: 'Anna' });
  await world.run({ kind: 'saveSettings', placeId: near.placeId } as Parameters<CoreWorld['run']>[0]);
  await world.stop();
  await world.start('another computer');
  const address = { location: world.at('near'), password: near.recoveryCode };
  const [newest] = await world.calls['adopt.look'](address);
  await world.calls['adopt.take']({ ...address, snapshotId: newest!.snapshotId });
  expect((await keyOf('helper')).givenTo).toBe('Anna');
});

test('where a passphrase opens the copies, nobody is told that only this computer does', async () => {
  const unproven = async (): Promise<readonly string[]> => {
    const { problems } = (await world.mirror()).health;
    return problems.flatMap(({ code, placeIds }) => (code === 'recoveryUnproven' ? placeIds : []));
  };
  await expect
    .poll(async () => (await unproven()).toSorted())
    .toEqual([near.placeId, far.placeId].toSorted());
  goes();
  await world.calls['keys.setPassphrase']({ passphrase: PASSPHRASE });
  await expect.poll(unproven).toEqual([far.placeId]);
  const hasPassphrase = async ({ placeId }: typeof near): Promise<boolean> =>
    (await world.calls['kit.get']({ placeId: placeId as never })).hasPassphrase;
  expect([await hasPassphrase(near), await hasPassphrase(far)]).toEqual([true, false]);
  comes();
  await catchUp();
  await expect.poll(unproven).toEqual([]);
  expect(await hasPassphrase(far)).toBe(true);
});

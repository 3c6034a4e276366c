/** What a profile's file promises: a whole state or a refusal, one writer, one good copy, saved when it is said to be. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { NEWEST_SCHEMA } from '#services/state/migrate.ts';
import { listPlaces, putPlace } from '#services/state/places-table.ts';
import { listPlans, putPlan } from '#services/state/plans-table.ts';
import { recoverState } from '#services/state/recover-state.ts';
import { parseStateImage } from '#services/state/state-database.ts';
import { FailingStateDisk } from '#test/support/failing-state-disk.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import {
  encodeStateImage,
  makeProfileFolder,
  openState,
  samplePlace,
  samplePlan,
  withState,
} from '#test/support/state.ts';

const STATE_CHILD = fileURLToPath(new URL('../../../support/state-child.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = makeProfileFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const planNames = (): Promise<string[]> =>
  withState(folder, (state) => state.read(listPlans).map((plan) => plan.name));
/** Newest first: each save is of one plan's next name. */
async function savePlans(...names: readonly string[]): Promise<void> {
  await withState(folder, async (state) => {
    for (const name of names) await state.commit((writer) => putPlan(writer, samplePlan('plan-1', { name })));
  });
}

describe('opening and saving', () => {
  test('a folder that is not there becomes a new profile, for this person only', async () => {
    folder = join(folder, 'deep', 'profile');
    await withState(folder, (state) => expect(state.read(listPlans)).toEqual([]));
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(fs.statSync(at('state.db')).mode & 0o777).toBe(0o600);
  });

  test('what was committed is there after the next opening; nothing unfinished is left', async () => {
    await savePlans('one', 'two');
    expect(await planNames()).toEqual(['two']);
    expect(fs.readdirSync(folder).sort()).toEqual(['profile.lock', 'state.db', 'state.last-good.db']);
  });

  test('the copy is the state before the last save', async () => {
    await savePlans('one', 'two', 'three');
    fs.renameSync(at('state.last-good.db'), at('state.db'));
    expect(await planNames()).toEqual(['two']);
  });

  test('any SQLite tool reads the file', async () => {
    await savePlans('readable');
    const other = new DatabaseSync(at('state.db'), { readOnly: true });
    expect(other.prepare('SELECT name FROM plans').all()).toEqual([{ name: 'readable' }]);
    other.close();
  });

  test('a change that throws is taken back as a whole', async () => {
    await withState(folder, async (state) => {
      const change = state.commit((writer) => {
        putPlan(writer, samplePlan());
        throw new Error('half-way');
      });
      await expect(change).rejects.toThrow('half-way');
      expect(state.read(listPlans)).toEqual([]);
    });
  });

  test('many commits at once are all safe, in few saves', async () => {
    const disk = new FailingStateDisk(folder);
    const state = await openState(folder, { disk });
    disk.writes = 0;
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => state.commit((writer) => putPlan(writer, samplePlan(`p${at}`)))),
    );
    expect(disk.writes).toBeLessThan(5);
    await state.close();
    expect(await planNames()).toHaveLength(50);
  });
});

describe('late saving', () => {
  test('changes that can wait are saved together after 2 s, not before', async () => {
    const clock = new FakeClock();
    const disk = new FailingStateDisk(folder);
    const state = await openState(folder, { clock, disk });
    disk.writes = 0;
    state.commitSoon((writer) => putPlan(writer, samplePlan('a')));
    await clock.advance(1_000);
    state.commitSoon((writer) => putPlan(writer, samplePlan('b')));
    await clock.advance(999);
    expect(disk.writes).toBe(0);
    await clock.advance(1);
    expect(disk.writes).toBe(1);
    await state.flush();
    state.commitSoon((writer) => putPlan(writer, samplePlan('c')));
    // No longer ago than it takes to save; the next round of 2 s begins with its end at the latest.
    while (clock.sleeperCount === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2_000);
    expect(disk.writes).toBe(2);
    await state.close();
    expect(await planNames()).toHaveLength(3);
  });

  test('a commit takes them along; closing saves the rest', async () => {
    const clock = new FakeClock();
    const disk = new FailingStateDisk(folder);
    const state = await openState(folder, { clock, disk });
    disk.writes = 0;
    state.commitSoon((writer) => putPlan(writer, samplePlan('a')));
    await state.commit((writer) => putPlan(writer, samplePlan('b')));
    expect(disk.writes).toBe(1);
    state.commitSoon((writer) => putPlan(writer, samplePlan('c')));
    await state.close();
    expect(disk.writes).toBe(2);
    expect(await planNames()).toHaveLength(3);
  });

  test('a commit that cannot be saved says so, stays in force and is tried again until it works', async () => {
    const clock = new FakeClock();
    const disk = new FailingStateDisk(folder);
    const failures: string[] = [];
    const state = await openState(folder, { clock, disk, onSaveFailed: ({ code }) => failures.push(code) });
    disk.failures = 3;
    const commit = state.commit((writer) => putPlan(writer, samplePlan('a')));
    await expect(commit).rejects.toMatchObject({ code: 'state.diskFailed' });
    expect(state.read(listPlans)).toHaveLength(1);
    while (disk.failures >= 0) {
      await clock.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(failures).toEqual(['state.diskFailed', 'state.diskFailed']);
    expect(clock.delays).toEqual([2_000, 4_000, 8_000]);
    await state.flush();
    await state.close();
    expect(await planNames()).toHaveLength(1);
  });

  test('what must go on does so on a full disk, and is saved when there is room', async () => {
    const clock = new FakeClock();
    const disk = new FailingStateDisk(folder);
    const state = await openState(folder, { clock, disk });
    disk.failures = 2;
    await state.commitAnyway((writer) => putPlan(writer, samplePlan('a')));
    expect(state.read(listPlans)).toHaveLength(1);
    expect(state.isUnsaved).toBe(true);
    while (disk.failures >= 0) {
      await clock.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await state.flush();
    expect(state.isUnsaved).toBe(false);
    await state.close();
    expect(await planNames()).toHaveLength(1);
  });

  test('what is read for others to rely on is told when it is on the disk, or cannot be', async () => {
    const disk = new FailingStateDisk(folder);
    const state = await openState(folder, { disk, clock: new FakeClock() });
    state.commitSoon((writer) => putPlan(writer, samplePlan('a')));
    expect(await state.readSaved(listPlans)).toHaveLength(1);
    const saved = fs.readFileSync(join(folder, 'state.db'));
    expect(saved.includes(samplePlan('a').id)).toBe(true);
    state.commitSoon((writer) => putPlan(writer, samplePlan('b')));
    disk.failures = 1;
    expect(await state.readSaved(listPlans)).toHaveLength(2);
    await state.close();
  });

  test('closing says when the last save fails, and lets go of the profile all the same', async () => {
    const disk = new FailingStateDisk(folder);
    const state = await openState(folder, { disk, clock: new FakeClock() });
    state.commitSoon((writer) => putPlan(writer, samplePlan('a')));
    disk.failures = 1;
    await expect(state.close()).rejects.toMatchObject({ code: 'state.diskFailed' });
    expect(await planNames()).toEqual([]);
  });
});

describe('one writer', () => {
  test('whoever comes second is refused, in this process and in another, until the first closes', async () => {
    const state = await openState(folder);
    await expect(openState(folder)).rejects.toMatchObject({ code: 'state.profileInUse' });
    expect(await openInChild('close')).toBe('state.profileInUse');
    await state.close();
    expect(await openInChild('close')).toBe('ok');
  });

  test('whoever reads the lock file in the same process does not take the lock away', async () => {
    const state = await openState(folder);
    fs.readFileSync(at('profile.lock'));
    expect(await openInChild('close')).toBe('state.profileInUse');
    await state.close();
  });

  test('a killed process leaves nothing behind that must be judged', async () => {
    expect(await openInChild('killed')).toBe('ok');
    await withState(folder, (state) => expect(state.read(listPlans)).toEqual([]));
  });

  test('the lock file replaced under us: locked again, or refused when somebody was quicker', async () => {
    const state = await openState(folder);
    fs.rmSync(at('profile.lock'));
    await state.commit((writer) => putPlan(writer, samplePlan('a')));
    await expect(openState(folder)).rejects.toMatchObject({ code: 'state.profileInUse' });
    fs.rmSync(at('profile.lock'));
    const quicker = await openState(folder);
    await expect(state.commit((writer) => putPlan(writer, samplePlan('b')))).rejects.toMatchObject({
      code: 'state.profileInUse',
    });
    expect(quicker.read(listPlans).map(({ id }) => id)).toEqual(['a']);
    await expect(state.close()).rejects.toMatchObject({ code: 'state.profileInUse' });
    await quicker.close();
    expect(await withState(folder, (again) => again.read(listPlans).length)).toBe(1);
  });

  async function openInChild(end: 'close' | 'killed'): Promise<string> {
    const child = spawn(process.execPath, [STATE_CHILD, folder, 'hold']);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const exit = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), exit]);
    if (end === 'killed') child.kill('SIGKILL');
    else child.stdin.end();
    await exit;
    return output.trim();
  }
});

describe('damaged and newer files', () => {
  const damages: readonly [what: string, damage: (bytes: Buffer) => Buffer | undefined][] = [
    ['empty', () => Buffer.alloc(0)],
    ['cut to half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['cut by a byte', (bytes) => bytes.subarray(0, -1)],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ['zeroes', (bytes) => Buffer.alloc(bytes.length)],
    ['something else', () => Buffer.from('#!/bin/sh\n'.repeat(1_000))],
    ['gone', () => undefined],
  ];

  test.each(damages)('F7: %s: refused, left as it is, the copy offered and taken', async (_, damage) => {
    await savePlans('one', 'two');
    const bytes = damage(fs.readFileSync(at('state.db')));
    if (bytes === undefined) fs.rmSync(at('state.db'));
    else fs.writeFileSync(at('state.db'), bytes);
    const listed = fs.readdirSync(folder);
    await expect(openState(folder)).rejects.toMatchObject({
      code: 'state.fileCorrupt',
      data: { folder, lastGoodAt: expect.stringMatching(/^20\d\d-/) },
    });
    expect(fs.readdirSync(folder)).toEqual(listed);
    if (bytes !== undefined) expect(fs.readFileSync(at('state.db'))).toEqual(bytes);
    await recover('lastGoodCopy');
    expect(await planNames()).toEqual(['one']);
    if (bytes !== undefined) expect(fs.readFileSync(at(damagedName()))).toEqual(bytes);
    await savePlans('three');
    expect(await planNames()).toEqual(['three']);
  });

  test('beginning anew keeps both files beside', async () => {
    await savePlans('one', 'two');
    fs.writeFileSync(at('state.db'), 'rubbish');
    await recover('nothing');
    expect(await planNames()).toEqual([]);
    expect(fs.readFileSync(at(damagedName()), 'utf8')).toBe('rubbish');
    expect(fs.readdirSync(folder).filter((name) => name.startsWith('state.earlier-'))).toHaveLength(1);
  });

  test('two recoveries in one second keep both damaged files', async () => {
    await savePlans('one', 'two');
    const clock = new FakeClock();
    for (const rubbish of ['first', 'second']) {
      fs.writeFileSync(at('state.db'), rubbish);
      await recoverState({ folder, clock, from: 'lastGoodCopy' });
    }
    const kept = fs.readdirSync(folder).filter((name) => name.startsWith('state.damaged-'));
    expect(kept.map((name) => fs.readFileSync(at(name), 'utf8')).sort()).toEqual(['first', 'second']);
  });

  test('a sound state is not recovered from', async () => {
    await savePlans('one', 'two');
    await recover('nothing');
    await recover('lastGoodCopy');
    expect(await planNames()).toEqual(['two']);
  });

  test('the copy is damaged, too: said so, nothing touched', async () => {
    await savePlans('one', 'two');
    for (const name of ['state.db', 'state.last-good.db']) fs.writeFileSync(at(name), 'rubbish');
    await expect(openState(folder)).rejects.toMatchObject({ data: { lastGoodAt: null } });
    await expect(recover('lastGoodCopy')).rejects.toMatchObject({ code: 'state.fileCorrupt' });
    expect(fs.readFileSync(at('state.db'), 'utf8')).toBe('rubbish');
  });

  test('E11: written by a newer program: refused in other words, no recovery over it, not a byte changed', async () => {
    await savePlans('one', 'two');
    const image = parseStateImage(fs.readFileSync(at('state.db')));
    if (image.kind !== 'sound') throw new Error(image.reason);
    const newer = Buffer.from(image.database);
    newer.writeUInt32BE(NEWEST_SCHEMA + 1, 60);
    fs.writeFileSync(at('state.db'), encodeStateImage(newer, 5));
    const bytes = fs.readFileSync(at('state.db'));
    const refused = {
      code: 'state.schemaTooNew',
      data: { schema: NEWEST_SCHEMA + 1, newestKnown: NEWEST_SCHEMA },
    };
    await expect(openState(folder)).rejects.toMatchObject(refused);
    await expect(recover('nothing')).rejects.toMatchObject(refused);
    expect(fs.readFileSync(at('state.db'))).toEqual(bytes);
  });

  test('a database that proves its bytes but contradicts itself is damaged', async () => {
    await savePlans('one', 'two');
    const image = parseStateImage(fs.readFileSync(at('state.db')));
    if (image.kind !== 'sound') throw new Error(image.reason);
    fs.writeFileSync(at('plain.db'), image.database);
    const other = new DatabaseSync(at('plain.db'));
    other.exec(
      `PRAGMA foreign_keys = OFF; INSERT INTO versions VALUES ('gone', 's', NULL, '', 0, '', '', '', '[]', '[]', 1, NULL)`,
    );
    other.close();
    fs.writeFileSync(at('state.db'), encodeStateImage(fs.readFileSync(at('plain.db')), 5));
    await expect(openState(folder)).rejects.toMatchObject({ code: 'state.fileCorrupt' });
    const torn = Buffer.from(image.database);
    torn.fill(0xff, 4096, 8192);
    fs.writeFileSync(at('state.db'), encodeStateImage(torn, 5));
    await expect(openState(folder)).rejects.toMatchObject({ code: 'state.fileCorrupt' });
  });

  test('what somebody else wrote over the file while we run does not become the good copy', async () => {
    await savePlans('one', 'two');
    await withState(folder, async (state) => {
      fs.writeFileSync(at('state.db'), 'rubbish');
      await state.commit((writer) => putPlace(writer, samplePlace()));
    });
    expect(parseStateImage(fs.readFileSync(at('state.last-good.db'))).kind).toBe('sound');
    await withState(folder, (state) => expect(state.read(listPlaces)).toHaveLength(1));
  });

  function recover(from: 'lastGoodCopy' | 'nothing'): Promise<void> {
    return recoverState({ folder, clock: systemClock, from });
  }

  function damagedName(): string {
    return fs.readdirSync(folder).find((name) => name.startsWith('state.damaged-')) ?? '';
  }
});

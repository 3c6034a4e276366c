/** The watcher between a system that lies and runs that fail. Scenarios: product notes, section 5, D1, D10, D11. */
import { beforeEach, describe, expect, it } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import type { RunOutcome } from '#services/watcher/plan-watch.ts';
import { Watcher, type WatchedPlan } from '#services/watcher/watcher.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { ToldWatching } from '#test/support/told-watching.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const PLAN: WatchedPlan = {
  id: 'letters',
  folders: [textToByteString('/home/me/letters')],
  exclude: { patterns: [] },
  placeIds: ['drive', 'cloud'],
  isWatching: true,
};
const SAVED: RunOutcome = { snapshotId: 'snapshot', unread: [] };
const inLetters = (...names: string[]): ByteString[] =>
  names.map((name) => textToByteString(`/home/me/letters/${name}`));

let clock: FakeClock;
let watching: ToldWatching;
let watcher: Watcher;
let wanted: string[];

beforeEach(() => {
  clock = new FakeClock();
  watching = new ToldWatching();
  wanted = [];
  watcher = new Watcher(watching, clock, { onWanted: (planId) => wanted.push(planId) });
});

/** Watches, and both places have seen everything. */
function begin(plan = PLAN): void {
  watcher.start([plan]);
  watching.ready();
  for (const placeId of plan.placeIds) watcher.confirm(watcher.takeHints(plan.id, placeId), SAVED);
}

describe('hints', () => {
  it('are in doubt until changes are noticed and a run has looked at everything since', () => {
    watcher.start([PLAN]);
    const early = watcher.takeHints('letters', 'drive');
    expect(early.doubts).toEqual(['started']);
    watching.ready();
    watcher.confirm(early, SAVED);
    const second = watcher.takeHints('letters', 'drive');
    expect(second.doubts).toEqual(['started']);
    watcher.confirm(second, SAVED);
    expect(watcher.takeHints('letters', 'drive').doubts).toEqual([]);
  });

  it('are told to each place, whatever the other has seen', () => {
    begin();
    watching.tell({ touched: inLetters('a') });
    watcher.confirm(watcher.takeHints('letters', 'drive'), SAVED);
    watching.tell({ touched: inLetters('b') });
    expect(watcher.takeHints('letters', 'drive').paths).toEqual(inLetters('b'));
    expect(watcher.takeHints('letters', 'cloud').paths).toEqual(inLetters('a', 'b'));
    expect(watcher.takeHints('letters', 'new place').doubts).toEqual(['started']);
  });

  it('noticed during a run stay for the next one', () => {
    begin();
    watching.tell({ touched: inLetters('a') });
    const taken = watcher.takeHints('letters', 'drive');
    watching.tell({ touched: inLetters('during'), doubts: ['eventsLost'] });
    watcher.confirm(taken, { snapshotId: 'second', unread: inLetters('unreadable') });
    expect(watcher.takeHints('letters', 'drive')).toMatchObject({
      paths: inLetters('during', 'unreadable'),
      doubts: ['eventsLost'],
      since: 'second',
    });
  });

  it('of a run that failed come back, doubts too, and since when they count', () => {
    begin();
    watching.tell({ touched: inLetters('a'), whole: inLetters('new'), doubts: ['woke'] });
    const taken = watcher.takeHints('letters', 'drive');
    watching.tell({ touched: inLetters('b') });
    watcher.giveBack(taken);
    expect(watcher.takeHints('letters', 'drive')).toMatchObject({
      paths: inLetters('b', 'a'),
      wholeFolders: inLetters('new'),
      doubts: ['woke'],
      since: 'snapshot',
    });
  });

  it('are handed back once: again changes nothing', () => {
    begin();
    watching.tell({ touched: inLetters('a') });
    const taken = watcher.takeHints('letters', 'drive');
    watcher.confirm(taken, SAVED);
    watcher.giveBack(taken);
    expect(watcher.takeHints('letters', 'drive').paths).toEqual([]);
  });

  it('D10 name what nobody can watch in every run, and the status says so', () => {
    begin();
    expect(watcher.statusOf('letters')).toMatchObject({ kind: 'watching', doubts: [], unwatched: [] });
    const [share] = inLetters('share');
    watching.tell({ unwatched: [{ path: share!, reason: 'networkFolder' }], always: inLetters('linked') });
    for (let run = 0; run < 2; run++) {
      const taken = watcher.takeHints('letters', 'drive');
      expect(taken).toMatchObject({ wholeFolders: [share], paths: inLetters('linked'), doubts: [] });
      watcher.confirm(taken, SAVED);
    }
    expect(watcher.statusOf('letters')).toMatchObject({
      kind: 'partly',
      unwatched: [{ path: share, reason: 'networkFolder' }],
    });
  });

  it('become a doubt when too much was touched', () => {
    begin();
    watching.tell({ touched: Array.from({ length: 5_000 }, (_, i) => inLetters(`${String(i)}/file`)[0]!) });
    expect(watcher.statusOf('letters')?.doubts).toEqual(['tooManyChanges']);
    const taken = watcher.takeHints('letters', 'drive');
    expect(taken).toMatchObject({ paths: [], doubts: ['tooManyChanges'] });
    watcher.giveBack(taken);
    expect(watcher.takeHints('letters', 'drive').doubts).toEqual(['tooManyChanges']);
  });

  it('are in doubt as long as the watching begins anew', () => {
    begin();
    watching.tell({ doubts: ['watchFailed'], isReady: false });
    expect(watcher.statusOf('letters')?.kind).toBe('starting');
    watcher.confirm(watcher.takeHints('letters', 'drive'), SAVED);
    expect(watcher.takeHints('letters', 'drive').doubts).toEqual(['started']);
  });

  it('of a plan that is not watched, or not known, say to look at everything', () => {
    watcher.start([{ ...PLAN, isWatching: false }]);
    expect(watching.watches).toEqual([]);
    expect(watcher.statusOf('letters')?.kind).toBe('off');
    for (const id of ['letters', 'unknown'])
      expect(watcher.takeHints(id, 'drive').doubts).toEqual(['started']);
  });
});

describe('plans', () => {
  it('are watched anew when folders or exclusions change, and not otherwise', () => {
    begin();
    watcher.updatePlans([{ ...PLAN, placeIds: ['drive', 'server'] }]);
    expect(watching.watches).toHaveLength(1);
    expect(watcher.takeHints('letters', 'drive').doubts).toEqual([]);
    expect(watcher.takeHints('letters', 'server').doubts).toEqual(['started']);
    watcher.updatePlans([{ ...PLAN, exclude: { patterns: [textToByteString('*.tmp')] } }]);
    expect(watching.watches.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(watcher.takeHints('letters', 'drive').doubts).toEqual(['started']);
    watcher.updatePlans([]);
    expect(watching.watches[1]!.isClosed).toBe(true);
    expect(watcher.statusOf('letters')).toBeUndefined();
  });

  it('news of an old watch, and hints of an old run, change nothing', () => {
    begin();
    const taken = watcher.takeHints('letters', 'drive');
    watcher.updatePlans([{ ...PLAN, folders: [textToByteString('/elsewhere')] }]);
    watching.watches[0]!.listener({
      touched: inLetters('late'),
      touchedBeside: [],
      whole: [],
      doubts: [],
      watchedCount: 1,
      isReady: true,
    });
    watcher.confirm(taken, SAVED);
    watcher.giveBack(taken);
    expect(watcher.statusOf('letters')?.kind).toBe('starting');
    expect(watcher.takeHints('letters', 'drive')).toMatchObject({ paths: [], since: undefined });
  });
});

describe('a run', () => {
  it('is asked for once after a change, and again after a failure', async () => {
    begin();
    watching.touch('/home/me/letters/a');
    await clock.advance(19 * SECOND_MS);
    expect(wanted).toEqual([]);
    await clock.advance(2 * SECOND_MS);
    expect(wanted).toEqual(['letters']);
    await clock.advance(10 * MINUTE_MS);
    expect(wanted).toEqual(['letters']);
    const taken = watcher.takeHints('letters', 'drive');
    await clock.advance(SECOND_MS);
    watcher.giveBack(taken);
    await clock.advance(30 * SECOND_MS);
    expect(wanted).toEqual(['letters', 'letters']);
  });

  it('is not asked for because of what is excluded', async () => {
    begin();
    watching.tell({ touchedBeside: inLetters('folder') });
    await clock.advance(60 * MINUTE_MS);
    expect(wanted).toEqual([]);
    expect(watcher.takeHints('letters', 'drive').paths).toEqual(inLetters('folder'));
  });

  it('is asked for after a doubt', async () => {
    begin();
    watching.doubt('eventsLost');
    await clock.advance(MINUTE_MS);
    expect(wanted).toEqual(['letters']);
    expect(watcher.takeHints('letters', 'drive').doubts).toEqual(['eventsLost']);
  });

  it('looks at everything after the machine slept, whether the timer or the host tells', async () => {
    begin();
    await clock.advance(10 * MINUTE_MS);
    expect(watcher.statusOf('letters')?.doubts).toEqual([]);
    clock.suspend(9 * 60 * MINUTE_MS);
    await clock.advance(MINUTE_MS);
    expect(watcher.statusOf('letters')?.doubts).toEqual(['woke']);
    watcher.confirm(watcher.takeHints('letters', 'drive'), SAVED);
    watcher.doubt('woke');
    expect(watcher.takeHints('letters', 'drive').doubts).toEqual(['woke']);
  });

  it('D11 a storm makes at most sixteen versions an hour, and names the folder it comes from', async () => {
    begin();
    let runs = 0;
    for (let second = 0; second < 3_600; second++) {
      watching.tell({
        touched: Array.from({ length: 5 }, (_, i) => inLetters(`build/out/${String(i)}`)[0]!),
      });
      if (second % 60 === 0) watching.tell({ touched: inLetters('letter') });
      await clock.advance(SECOND_MS);
      if (wanted.pop() === undefined) continue;
      runs++;
      const taken = watcher.takeHints('letters', 'drive');
      await clock.advance(SECOND_MS);
      watcher.confirm(taken, SAVED);
    }
    expect(runs).toBeGreaterThanOrEqual(10);
    expect(runs).toBeLessThanOrEqual(16);
    expect(watcher.statusOf('letters')?.suggestion).toMatchObject({
      folder: inLetters('build/out')[0],
      sharePercent: 100,
    });
    await clock.advance(6 * 60 * MINUTE_MS);
    expect(watcher.statusOf('letters')?.suggestion).toBeUndefined();
  });

  it('is asked for no more after the end', async () => {
    begin();
    watching.touch('/home/me/letters/a');
    await watcher.stop();
    expect(watching.watches[0]!.isClosed).toBe(true);
    await clock.advance(60 * MINUTE_MS);
    expect(wanted).toEqual([]);
  });
});

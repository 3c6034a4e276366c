/** When changes become a version: quiet, delay, cap, rest; and, over random lives, that nothing waits too long or comes too often. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whenToRun, type ChangeFacts, type RunMoment } from '#services/watcher/when-to-run.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const NOW = 100 * MINUTE_MS;

function look(changes: Partial<ChangeFacts>, nowMs = NOW): RunMoment {
  const facts = {
    changes: undefined,
    runStartsMs: [],
    lastRun: undefined,
    isRunning: false,
    askedMs: undefined,
  };
  return whenToRun({ ...facts, ...changes }, nowMs);
}

const since = (firstMs: number, lastMs = firstMs): Pick<ChangeFacts, 'changes'> => ({
  changes: { firstMs, lastMs },
});

describe('a run is wanted', () => {
  it('never while nothing has changed, nor while one is under way', () => {
    expect(look({})).toEqual({ kind: 'never' });
    expect(look({ ...since(0), isRunning: true })).toEqual({ kind: 'never' });
  });

  it('after twenty quiet seconds', () => {
    expect(look(since(NOW))).toEqual({ kind: 'later', atMs: NOW + 20 * SECOND_MS, why: 'settling' });
    expect(look(since(NOW - 30 * SECOND_MS, NOW - 20 * SECOND_MS))).toEqual({ kind: 'now' });
  });

  it('after five minutes when it never gets quiet', () => {
    expect(look(since(NOW - 5 * MINUTE_MS + 1, NOW))).toMatchObject({ kind: 'later', atMs: NOW + 1 });
    expect(look(since(NOW - 5 * MINUTE_MS, NOW))).toEqual({ kind: 'now' });
  });

  it('more rarely after four runs within the hour', () => {
    const runStartsMs = [40, 30, 20, 2].map((minutes) => NOW - minutes * MINUTE_MS);
    const changes = since(NOW - MINUTE_MS);
    expect(look({ ...changes, runStartsMs: runStartsMs.slice(1) })).toEqual({ kind: 'now' });
    expect(look({ ...changes, runStartsMs })).toEqual({
      kind: 'later',
      atMs: NOW + 3 * MINUTE_MS,
      why: 'rateCap',
    });
  });

  it('not before a rest as long as the last run was, three times over', () => {
    const lastRun = { endedMs: NOW - 10 * SECOND_MS, tookMs: 20 * SECOND_MS };
    const changes = since(NOW - MINUTE_MS);
    expect(look({ ...changes, lastRun })).toEqual({
      kind: 'later',
      atMs: NOW + 50 * SECOND_MS,
      why: 'resting',
    });
    expect(look({ ...changes, lastRun: { ...lastRun, tookMs: 60 * MINUTE_MS } })).toMatchObject({
      atMs: NOW - 10 * SECOND_MS + 5 * MINUTE_MS,
    });
  });

  it('once, and again after a quarter of an hour when nobody came', () => {
    const changes = since(NOW - MINUTE_MS);
    expect(look({ ...changes, askedMs: NOW - MINUTE_MS })).toMatchObject({ kind: 'later', why: 'asked' });
    expect(look({ ...changes, askedMs: NOW - 15 * MINUTE_MS })).toEqual({ kind: 'now' });
  });
});

describe('over a day of random changes', () => {
  const gaps = fc.array(fc.oneof(fc.nat(2_000), fc.nat(60_000), fc.nat(20 * MINUTE_MS)), {
    minLength: 50,
    maxLength: 400,
  });
  const durations = fc.array(fc.nat(2 * MINUTE_MS), { minLength: 1, maxLength: 20 });

  it('no change waits ten minutes and its run, and no hour has more than sixteen runs', () => {
    fc.assert(
      fc.property(gaps, durations, (gapsMs, tookMs) => {
        const { starts, waits } = live(gapsMs, tookMs);
        for (const waitedMs of waits) expect(waitedMs).toBeLessThanOrEqual(8 * MINUTE_MS);
        for (const start of starts)
          expect(
            starts.filter((each) => each >= start && each < start + 60 * MINUTE_MS).length,
          ).toBeLessThanOrEqual(16);
      }),
    );
  });

  /** Every change in turn; a run begins whenever it is wanted. */
  function live(gapsMs: readonly number[], tookMs: readonly number[]): { starts: number[]; waits: number[] } {
    const starts: number[] = [];
    const waits: number[] = [];
    let changes: { firstMs: number; lastMs: number } | undefined;
    let lastRun: ChangeFacts['lastRun'];
    let runEndsMs = -1;
    let nextChangeMs = 0;
    let nowMs = 0;
    let gap = 0;
    while (gap < gapsMs.length || changes !== undefined) {
      const isRunning = runEndsMs > nowMs;
      const moment = look({ changes, runStartsMs: starts, lastRun, isRunning }, nowMs);
      if (moment.kind === 'now') {
        waits.push(nowMs - changes!.firstMs);
        starts.push(nowMs);
        const took = tookMs[starts.length % tookMs.length]!;
        runEndsMs = nowMs + took;
        lastRun = { endedMs: runEndsMs, tookMs: took };
        changes = undefined;
        continue;
      }
      const nexts = [moment.kind === 'later' ? moment.atMs : Infinity, isRunning ? runEndsMs : Infinity];
      if (gap < gapsMs.length) nexts.push(nextChangeMs);
      nowMs = Math.max(nowMs, Math.min(...nexts));
      if (gap < gapsMs.length && nowMs >= nextChangeMs) {
        changes = { firstMs: changes?.firstMs ?? nowMs, lastMs: nowMs };
        nextChangeMs = nowMs + gapsMs[gap++]!;
      }
    }
    return { starts, waits };
  }
});

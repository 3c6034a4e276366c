/** What the overview draws, from states of the mirror. */
import { describe, expect, test } from 'vitest';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { overviewView as viewOf, type OverviewView } from '#renderer/features/overview/view-model.ts';
import { speechOf } from '#renderer/text/use-words.ts';
import { lateParts, runningJob, wellProtected } from '#test/support/mirror-parts.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const overviewView = (mirror: Mirror, nowMs: number): OverviewView => viewOf(mirror, nowMs, speechOf('en'));
const well: Mirror = { revision: 1, ...wellProtected(NOW_MS) };

describe('overview', () => {
  test('all well', () => {
    expect(overviewView(well, NOW_MS)).toMatchObject({
      tone: 'good',
      next: 'Next backup: in 25 minutes',
      problems: [],
      running: null,
      paused: null,
      canBackUp: true,
    });
    expect(overviewView(well, NOW_MS).plans[0]).toEqual({
      id: 'letters',
      name: 'Letters',
      folders: '/home/me/Letters',
      state: 'Protected',
      tone: 'good',
      copies: [
        { placeId: 'blue', place: 'Blue drive', words: '4 minutes ago', tone: 'good' },
        { placeId: 'server', place: 'Home server', words: '50 minutes ago', tone: 'good' },
      ],
      next: 'Next in 25 minutes',
      canBackUp: true,
    });
  });

  test('nothing is set up: quiet, no alarm', () => {
    const { health } = well;
    const empty: Mirror = {
      ...well,
      plans: [],
      health: { ...health, state: 'inDanger', problems: [problem('noPlans')] },
    };
    expect(overviewView(empty, NOW_MS)).toMatchObject({
      tone: 'quiet',
      problems: [],
      canBackUp: false,
      next: '',
    });
  });

  test('as long as only this computer can open the copies it is amber, other exceptions are not', () => {
    const but = (code: string): OverviewView =>
      overviewView(
        {
          ...well,
          health: {
            ...well.health,
            state: 'protectedExcept',
            problems: [{ ...problem(code), state: 'protectedExcept' }],
          },
        },
        NOW_MS,
      );
    expect(but('recoveryUnproven')).toMatchObject({ tone: 'warning', problems: [{ tone: 'warning' }] });
    expect(but('filesLeftOut')).toMatchObject({ tone: 'good', problems: [{ tone: 'quiet' }] });
  });

  test('one place has lost something that another one has: not late, and not in every place', () => {
    const damaged = {
      ...problem('damaged'),
      state: 'inDanger' as const,
      planIds: ['letters'],
      placeIds: ['blue'],
    };
    const told = (serverState: 'protected' | 'late') =>
      overviewView(
        {
          ...well,
          health: {
            state: 'late',
            plans: [{ planId: 'letters', state: 'late' }],
            copies: [
              { planId: 'letters', placeId: 'blue', state: 'inDanger', newestAtMs: NOW_MS },
              { planId: 'letters', placeId: 'server', state: serverState, newestAtMs: NOW_MS },
            ],
            problems: [damaged],
          },
        },
        NOW_MS,
      );
    expect(told('protected').sentence).toMatch(
      /^Everything is safe, but not in every place\. Part of what Blue drive/,
    );
    expect(told('protected').plans[0]).toMatchObject({ state: 'Safe, not in every place', tone: 'warning' });
    expect(told('late').sentence).toMatch(/^Backups are late\./);
    expect(told('late').plans[0]).toMatchObject({ state: 'Late' });
  });

  test('problems come with what is safe and what to do', () => {
    const { problems, tone, plans } = overviewView({ ...well, ...lateParts(NOW_MS) }, NOW_MS);
    expect(tone).toBe('warning');
    expect(problems).toEqual([
      {
        key: 'placeAway blue',
        tone: 'warning',
        title: 'Photos is not up to date: Blue drive is not connected.',
        safe: 'The newest version in Blue drive is from 9 days ago, and safe.',
        todo: 'Connect Blue drive; the rest goes by itself.',
        mend: { kind: 'go', label: 'Look at Blue drive', href: '#/places/blue' },
      },
    ]);
    expect(plans[1]).toMatchObject({ state: 'Late', tone: 'warning' });
  });

  test.each([
    [
      runningJob(NOW_MS, 250, 1000),
      'Backing up Letters to Blue drive',
      '1,204 files, 250 bytes of 1 KB',
      0.25,
    ],
    [runningJob(NOW_MS, 250, null), 'Backing up Letters to Blue drive', '1,204 files, 250 bytes', null],
    [{ ...runningJob(NOW_MS, 0, 0), progress: null }, 'Backing up Letters to Blue drive', 'Starting', null],
    [
      { ...runningJob(NOW_MS, 0, null), kind: 'aLaterKind', planId: null, placeId: null, progress: null },
      'Working',
      'Starting',
      null,
    ],
  ])('a running job %#', (job, title, detail, done) => {
    expect(overviewView({ ...well, jobs: [job] }, NOW_MS).running).toEqual({
      id: 'job-1',
      title,
      detail,
      done,
      isResting: false,
    });
  });

  test('a restore that rests tells how far it is, also after a restart', () => {
    const result = { filesRestored: 10, filesUpdated: 2, filesTotal: 48, undos: [] };
    const job = { ...runningJob(NOW_MS, 0, null), kind: 'restore', state: 'paused', progress: null } as const;
    expect(overviewView({ ...well, jobs: [{ ...job, result }] }, NOW_MS).running).toMatchObject({
      detail: 'Paused by you · 12 of 48 files',
      done: 0.25,
      isResting: true,
    });
    expect(overviewView({ ...well, jobs: [job] }, NOW_MS).running).toMatchObject({
      detail: 'Paused by you',
      done: 0,
    });
  });

  test('while a plan is being backed up it cannot be asked for again, others can', () => {
    const { plans, canBackUp } = overviewView({ ...well, jobs: [runningJob(NOW_MS, 1, 2)] }, NOW_MS);
    expect(canBackUp).toBe(false);
    expect(plans.map((plan) => plan.canBackUp)).toEqual([false, true]);
  });

  test('a plan that is off, a place that is gone, a folder whose name is no text', () => {
    const [first] = well.plans;
    if (first === undefined) throw new Error('a plan is needed');
    const plan = { ...first, isOn: false, placeIds: ['lost'], folders: [{ base64: '/w==' }] };
    expect(overviewView({ ...well, plans: [plan], next: [] }, NOW_MS).plans[0]).toMatchObject({
      state: 'Switched off',
      tone: 'quiet',
      folders: '⟨ff⟩',
      copies: [{ place: 'a place that is gone', words: 'nothing yet', tone: 'quiet' }],
      next: '',
      canBackUp: false,
    });
  });

  test('paused', () => {
    const pause = { sinceMs: NOW_MS, untilMs: NOW_MS + 3_600_000 };
    expect(overviewView({ ...well, pause }, NOW_MS).paused).toBe('Paused until 15:00.');
  });
});

function problem(code: string): Mirror['health']['problems'][number] {
  return { key: code, code, level: 'quiet', state: 'inDanger', planIds: [], placeIds: [] };
}

/** What is said of a place that was tried out, in both languages; nothing of it sounds like an alarm that is none. */
import { describe, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import type { WirePlaceTrial } from '#contract/app/place-trial.ts';
import { wireError } from '#contract/app/values.ts';
import { trialView } from '#renderer/features/places/trial-view.ts';
import { speechOf } from '#renderer/text/use-words.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const LOCKED_MS = new Date(2026, 11, 3, 14, 20).getTime();
const worked = { kind: 'worked' } as const;
const whole: WirePlaceTrial = {
  lists: worked,
  writes: worked,
  readsBack: worked,
  removes: worked,
  keeping: { kind: 'nothing' },
  upload: { bytes: 4_000_000, ms: 2000, isSlower: false },
  download: { bytes: 400_000, ms: 4000, isSlower: true },
  clockAheadMs: 300,
  left: null,
};

function failed(error: TidemarkError): WirePlaceTrial['writes'] {
  return { kind: 'failed', error: wireError.encode(error.toWire()) };
}

function lines(
  changes: Partial<WirePlaceTrial> = {},
  language: 'en' | 'de' = 'en',
  free: number | null = 5e9,
) {
  return trialView({ ...whole, ...changes }, free, NOW_MS, speechOf(language)).map(
    ({ tone, title, words }) => `${tone}: ${title}: ${words}`,
  );
}

test('all is well', () => {
  expect(lines()).toEqual([
    'good: Writing: works',
    'good: Reading back: works',
    'good: Looking through: works',
    'good: Removing: works',
    'good: Free space: 5 GB',
    'good: Sending: about 2 MB a second',
    'warning: Fetching: slower than 100 KB a second',
    'good: Clock: the same time as here',
  ]);
  expect(lines({}, 'de')).toContain('good: Hinsenden: etwa 2 MB in der Sekunde');
});

test('a failure says why, in the language of the window', () => {
  const full = new TidemarkError('storage.full', { location: '/x', outOfInodes: false });
  const changes = { writes: failed(full), readsBack: { kind: 'notTried' }, upload: null } as const;
  expect(lines(changes)).toContain('warning: Writing: /x is full.');
  expect(lines(changes, 'de')).toContain('warning: Schreiben: /x ist voll.');
});

describe('a place that keeps what it has', () => {
  const refused = failed(new TidemarkError('storage.removalRefused', { location: '/x', keptUntil: null }));

  test('for good', () => {
    const kept = lines({
      writes: { kind: 'notTried' },
      removes: refused,
      keeping: { kind: 'everything', untilMs: null },
      upload: null,
    });
    expect(kept.join('\n')).not.toContain('warning: Removing');
    expect(kept).toContain('quiet: Writing: not tried: what is written there stays');
    expect(kept).toContain('quiet: Sending: not measured: what is written there stays');
  });

  test('until a day', () => {
    const locked = lines({
      keeping: { kind: 'locked', untilMs: LOCKED_MS },
      upload: null,
      download: null,
      left: { files: 1, bytes: 1024, untilMs: LOCKED_MS },
    });
    expect(locked).toContain(
      'hint: Protection: on: what is written now cannot be lost before Thu 3 Dec, 14:20',
    );
    expect(locked).toContain(
      'hint: Left there: a test file of 1 KB, which cannot go before Thu 3 Dec, 14:20; nothing is in its way',
    );
    expect(locked.join('\n')).not.toContain('warning');
  });
});

test.each([
  [20_000, 'good: Clock: 20 s ahead of this computer'],
  [-600_000, 'warning: Clock: 10 minutes behind this computer'],
  [null, 'quiet: Clock: the place does not say'],
])('a clock that is %s ahead', (clockAheadMs, said) => {
  expect(lines({ clockAheadMs })).toContain(said);
});

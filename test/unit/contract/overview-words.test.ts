/** How things stand, in words: one table for the sentence, the last and the next backup, and moments. */
import { describe, expect, test } from 'vitest';
import {
  lastBackupWords,
  nextBackupWords,
  overviewSentence,
  type OverviewFacts,
} from '#contract/app/overview-words.ts';
import { futureWords, pastWords, untilWords } from '#contract/time-words.ts';
import { lateParts, wellProtected } from '#test/support/mirror-parts.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const MINUTE_MS = 60_000;
const at = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();
const well: OverviewFacts = wellProtected(NOW_MS);
/** When the newest version of Letters at the server was made. */
const withServerAt = (newestAtMs: number): OverviewFacts => ({
  ...well,
  health: {
    ...well.health,
    copies: well.health.copies.map((copy) => (copy.placeId === 'server' ? { ...copy, newestAtMs } : copy)),
  },
});
const inDanger = (code: string): OverviewFacts => ({
  ...well,
  health: {
    ...well.health,
    state: 'inDanger',
    problems: [{ code, planIds: ['letters', 'photos'], placeIds: ['blue'] }],
  },
});

describe('the sentence', () => {
  test.each<[string, OverviewFacts, string]>([
    ['no plan', { ...well, plans: [] }, 'No folder is protected yet.'],
    ['all well', well, 'Everything is safe. The newest version is from 4 minutes ago, in 1 of 2 places.'],
    [
      'every place has the newest; other plans do not count',
      withServerAt(NOW_MS - 4 * MINUTE_MS - 1000),
      'Everything is safe. The newest version is from 4 minutes ago, in 2 places.',
    ],
    [
      'late',
      { ...well, ...lateParts(NOW_MS) },
      'Backups are late. Photos is not up to date: Blue drive is not connected.',
    ],
    [
      'damaged',
      inDanger('damaged'),
      'Something is in danger. Part of what Blue drive holds of Letters and Photos is damaged.',
    ],
    [
      'a backup that failed says why, where that is known',
      {
        ...well,
        health: {
          ...well.health,
          state: 'late',
          problems: [
            { code: 'failing', planIds: ['letters'], placeIds: ['blue'], errorCode: 'files.sourceEmpty' },
          ],
        },
        jobs: [
          {
            kind: 'backup',
            state: 'failed',
            planId: 'letters',
            error: { code: 'files.sourceEmpty', data: { path: '/home/me/Letters' }, retry: 'afterUser' },
          },
        ],
      },
      'Backups are late. /home/me/Letters is empty now, but was not in the last version.',
    ],
    [
      'nobody can tell',
      { ...well, health: { ...well.health, state: 'cannotTell' } },
      'Tidemark cannot tell whether everything is safe.',
    ],
  ])('%s', (_what, facts, sentence) => {
    expect(overviewSentence(facts, NOW_MS)).toBe(sentence);
  });

  test.each<[string, OverviewFacts, string]>([
    ['no plan', { ...well, plans: [] }, 'Noch ist kein Ordner geschützt.'],
    [
      'all well',
      well,
      'Alles ist in Sicherheit. Die neueste Version entstand vor 4 Minuten und liegt an 1 von 2 Orten.',
    ],
    [
      'late',
      { ...well, ...lateParts(NOW_MS) },
      'Sicherungen sind überfällig. Die Sicherung von „Photos“ ist überfällig: Es gibt keine Verbindung zu „Blue drive“.',
    ],
    [
      'damaged',
      inDanger('damaged'),
      'Etwas ist in Gefahr. Ein Teil der Versionen von „Letters“ und „Photos“ in „Blue drive“ ist beschädigt.',
    ],
    [
      'a place that is gone',
      { ...inDanger('neverSaved'), plans: well.plans.slice(0, 1), places: [] },
      'Etwas ist in Gefahr. Von „Letters“ gibt es in allen Sicherungsorten noch keine Version.',
    ],
    [
      'nobody can tell',
      { ...well, health: { ...well.health, state: 'cannotTell' } },
      'Tidemark weiß nicht, ob alles in Sicherheit ist.',
    ],
  ])('in German: %s', (_what, facts, sentence) => {
    expect(overviewSentence(facts, NOW_MS, 'de')).toBe(sentence);
  });

  test('the next and the last backup in German', () => {
    const next = (atMs: number | null, wait: string | null = null): string =>
      nextBackupWords({ ...well, next: [{ atMs, wait }] }, NOW_MS, 'de');
    expect(next(at(28, 17))).toBe('Nächste Sicherung: heute, 17:00');
    expect(next(null, 'onBattery')).toBe('Nächste Sicherung: wartet, bis der Computer am Stromnetz hängt');
    expect(nextBackupWords({ ...well, next: [] }, NOW_MS, 'de')).toBe('Keine Sicherung geplant');
    expect(lastBackupWords(well, NOW_MS, 'de')).toBe('Letzte Sicherung: vor 4 Minuten');
  });

  test('protected, and no version is known: nothing is made up', () => {
    const facts = { ...well, health: { ...well.health, copies: [] } };
    expect(overviewSentence(facts, NOW_MS)).toBe('Everything is safe.');
    expect(lastBackupWords(facts, NOW_MS)).toBe('No backup yet');
  });

  test('the next backup is the earliest of all; one that only waits says for what', () => {
    const run = (atMs: number | null, wait: string | null = null) => ({ atMs, wait });
    const next = (...runs: { atMs: number | null; wait: string | null }[]): string =>
      nextBackupWords({ ...well, next: runs }, NOW_MS);
    expect(next(run(at(29, 3)), run(at(28, 17)))).toBe('Next backup: today, 17:00');
    expect(next(run(null, 'onBattery'))).toBe('Next backup: waits until the computer is plugged in');
    expect(next(run(null, 'somethingOfALaterRelease'))).toBe('Next backup: somethingOfALaterRelease');
    expect(next()).toBe('No backup is planned');
  });
});

describe('moments', () => {
  test.each([
    [NOW_MS, 'just now'],
    [NOW_MS + MINUTE_MS, 'just now'],
    [NOW_MS - 59_999, 'just now'],
    [NOW_MS - MINUTE_MS, '1 minute ago'],
    [NOW_MS - 59 * MINUTE_MS, '59 minutes ago'],
    [NOW_MS - 60 * MINUTE_MS, '1 hour ago'],
    [at(28, 0), '14 hours ago'],
    [at(27, 23, 59), 'yesterday, 23:59'],
    [at(27, 0), 'yesterday, 00:00'],
    [at(26, 23), '2 days ago'],
    [at(19, 14), '9 days ago'],
    [at(1, 9), '1 Nov 2026'],
  ])('past %#', (pastMs, words) => {
    expect(pastWords(pastMs, NOW_MS)).toBe(words);
  });

  test.each([
    [NOW_MS - 1, 'now'],
    [NOW_MS + 59_999, 'now'],
    [NOW_MS + 4 * MINUTE_MS, 'in 4 minutes'],
    [at(28, 17), 'today, 17:00'],
    [at(29, 3), 'tomorrow, 03:00'],
    [at(30, 3), 'Monday, 03:00'],
    [new Date(2027, 0, 3).getTime(), '3 Jan 2027'],
  ])('future %#', (futureMs, words) => {
    expect(futureWords(futureMs, NOW_MS)).toBe(words);
  });

  test.each([
    [NOW_MS + 59 * MINUTE_MS, '14:59'],
    [at(28, 23, 59), '23:59'],
    [at(29, 6), 'tomorrow, 06:00'],
    [at(30, 6), 'Monday, 06:00'],
    [new Date(2027, 0, 3).getTime(), '3 Jan 2027'],
  ])('until %#', (untilMs, words) => {
    expect(untilWords(untilMs, NOW_MS)).toBe(words);
  });

  test('in German', () => {
    const past = (atMs: number): string => pastWords(atMs, NOW_MS, 'de');
    expect([NOW_MS, NOW_MS - MINUTE_MS, at(28, 0), at(27, 23, 59), at(19, 14), at(1, 9)].map(past)).toEqual([
      'gerade eben',
      'vor 1 Minute',
      'vor 14 Stunden',
      'gestern, 23:59',
      'vor 9 Tagen',
      'am 1. Nov. 2026',
    ]);
    const future = (atMs: number): string => futureWords(atMs, NOW_MS, 'de');
    expect([NOW_MS, NOW_MS + 4 * MINUTE_MS, at(28, 17), at(29, 3), at(30, 3)].map(future)).toEqual([
      'jetzt',
      'in 4 Minuten',
      'heute, 17:00',
      'morgen, 03:00',
      'Montag, 03:00',
    ]);
    expect(untilWords(at(28, 15), NOW_MS, 'de')).toBe('15:00');
    expect(untilWords(new Date(2027, 0, 3).getTime(), NOW_MS, 'de')).toBe('3. Jan. 2027');
  });
});

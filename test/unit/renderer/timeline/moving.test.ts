import { expect, test } from 'vitest';
import { landingPx, releaseVelocity, settleMs, slidePx } from '#renderer/features/timeline/band/inertia.ts';
import { LatestWins } from '#renderer/features/timeline/latest-wins.ts';
import { readTypedDate } from '#renderer/text/typed-date.ts';

const NOW_MS = new Date(2026, 10, 22, 12, 0).getTime(); // A Sunday.

test('only the end of the movement throws', () => {
  const fast = [0, 20, 40, 60].map((atMs) => ({ atMs, xPx: atMs * 2 }));
  expect(releaseVelocity(fast, 70)).toBeCloseTo(2);
  expect(releaseVelocity(fast, 400)).toBe(0);
  expect(releaseVelocity([{ atMs: 0, xPx: 3 }], 1)).toBe(0);
  expect(
    releaseVelocity(
      fast.map(({ atMs, xPx }) => ({ atMs, xPx: xPx / 40 })),
      70,
    ),
  ).toBe(0);
  expect(landingPx(100, -2)).toBeLessThan(-200);
});

test('it slides to its point, ever slower, and rests exactly on it', () => {
  const lengthMs = settleMs(0, 300, 2);
  const places = [0, 0.25, 0.5, 0.75, 1].map((share) => slidePx(0, 300, share * lengthMs, lengthMs));
  expect(places[0]).toBeCloseTo(0);
  expect(places[4]).toBe(300);
  const steps = places.slice(1).map((place, at) => place - (places[at] ?? 0));
  expect(steps.every((step, at) => at === 0 || step < (steps[at - 1] ?? 0))).toBe(true);
  expect(settleMs(10, 10.2, 3)).toBe(0);
});

const at = (month: number, day: number, hour = 23, minute = 59): string =>
  new Date(2026, month - 1, day, hour, minute).toString().slice(0, 21);

test.each([
  ['en', '3 nov', at(11, 3)],
  ['en', 'last friday', at(11, 20)],
  ['en', 'friday', at(11, 20)],
  ['en', 'yesterday', at(11, 21)],
  ['en', '2 weeks ago', at(11, 8)],
  ['en', '2 hours ago', at(11, 22, 10, 0)],
  ['en', 'before 12:00', at(11, 22, 12, 0)],
  ['en', 'before 3 nov', at(11, 3, 0, 0)],
  ['en', 'yesterday at 14:20', at(11, 21, 14, 20)],
  ['en', '14:20', at(11, 21, 14, 20)],
  ['en', '2026-06-05', at(6, 5)],
  ['en', '2026-06-05 08:30', at(6, 5, 8, 30)],
  ['en', '3/11/2026', at(11, 3)],
  ['en', '25 december', new Date(2025, 11, 25, 23, 59).toString().slice(0, 21)],
  ['de', '3. November', at(11, 3)],
  ['de', 'letzten Freitag', at(11, 20)],
  ['de', 'gestern', at(11, 21)],
  ['de', 'vor 2 Wochen', at(11, 8)],
  ['de', 'vor 12:00', at(11, 22, 12, 0)],
  ['de', 'vor dem 3. November', at(11, 3, 0, 0)],
  ['de', '3.11.2026', at(11, 3)],
  ['de', 'gestern um 14:20', at(11, 21, 14, 20)],
  ['de', 'last friday', at(11, 20)],
] as const)('typed in %s: %s', (language, text, expected) => {
  const found = readTypedDate(text, language, NOW_MS);
  expect(found === null ? null : new Date(found.atMs).toString().slice(0, 21)).toBe(expected);
});

test.each(['', 'letter to my landlord on friday evening please', 'nonsense', '3 nov 2031'])(
  'no moment: %j',
  (text) => {
    expect(readTypedDate(text, 'en', NOW_MS)).toBeNull();
  },
);

test('one question is under way at most, and the newest wins', async () => {
  const asked: number[] = [];
  const answers: (() => void)[] = [];
  const told: number[] = [];
  const questions = new LatestWins<number, number>(
    (question) => {
      asked.push(question);
      return new Promise((resolve) => answers.push(() => resolve(question)));
    },
    (_question, result) => told.push('answer' in result ? result.answer : -1),
  );
  for (const question of [1, 2, 3, 4]) questions.ask(question);
  expect(asked).toEqual([1]);
  answers[0]?.();
  await Promise.resolve()
    .then(() => undefined)
    .then(() => undefined);
  expect(asked).toEqual([1, 4]);
  answers[1]?.();
  await new Promise(setImmediate);
  expect(told).toEqual([1, 4]);
  expect(questions.isBusy()).toBe(false);
});

test('after stopping nothing is told', async () => {
  const told: unknown[] = [];
  let signal: AbortSignal | undefined;
  const questions = new LatestWins<number, number>(
    (question, given) => ((signal = given), Promise.resolve(question)),
    (question) => told.push(question),
  );
  questions.ask(1);
  questions.stop();
  await new Promise(setImmediate);
  expect(told).toEqual([]);
  expect(signal?.aborted).toBe(true);
});

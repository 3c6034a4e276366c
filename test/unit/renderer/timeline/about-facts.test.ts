/** Where a version is kept: plans back up to their places together, and never to the same millisecond. */
import { expect, test } from 'vitest';
import { placesOf } from '#renderer/features/timeline/inspector/about-facts.ts';

const HOUR_MS = 3_600_000;
const at = (timeMs: number): { snapshotId: string; time: string; timeMs: number } => ({
  snapshotId: `at ${timeMs}`,
  time: '',
  timeMs,
});
const point = at(100 * HOUR_MS);

test.each([
  ['made by the same backup, a minute later', [100 * HOUR_MS + 60_000], undefined, true],
  ['made long before', [90 * HOUR_MS], undefined, false],
  ['one from the time of the version, another day', [90 * HOUR_MS], [80, 100], true],
  ['one from before the version', [70 * HOUR_MS], [80, 100], false],
  ['one from after the version', [120 * HOUR_MS], [80, 100], false],
] as const)('the other place has %s', (_, wholeMs, hours, isHeld) => {
  const version = hours && { from: at(hours[0] * HOUR_MS), to: at(hours[1] * HOUR_MS) };
  const source = { elsewhere: [{ placeName: 'Home server', wholeMs }] };
  const places = placesOf({ placeName: 'Blue drive', point, source }, version);
  expect(places).toEqual(isHeld ? ['Blue drive', 'Home server'] : ['Blue drive']);
});

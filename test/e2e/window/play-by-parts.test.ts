/** Contents of files by their addresses: a long recording is played and wound to its end without being fetched. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { MEDIA_START_BYTES } from '#renderer/features/timeline/inspector/preview-cost.ts';
import { silence } from '../support/silence.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const SOON_MS = 15_000;
const RECORDING_SECONDS = 340;

const world = new WindowWorld();
let page: Page;
let size: number;

beforeAll(async () => {
  await world.start();
  const recording = silence(RECORDING_SECONDS);
  size = recording.length;
  world.write('Documents/concert.wav', recording, 9 * DAY_MS);
  const place = await world.core.addPlace('Blue drive');
  const planId = await world.core.addPlan([world.at('Documents')], [place.placeId]);
  await world.backUp(planId, place.placeId, 2 * DAY_MS);
  page = await world.open({
    route: `/history?folder=${encodeURIComponent(world.at('Documents'))}`,
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(SOON_MS);
}, 60_000);
afterAll(() => world.close());

const row = (name: string): Locator => page.getByRole('row').filter({ hasText: name });
const player = (): Locator => page.locator('.media-preview audio');
const playerSays = (what: 'duration' | 'currentTime' | 'ended'): Promise<number | boolean> =>
  player().evaluate((element, key) => (element as HTMLAudioElement)[key], what);

test('a recording of 60 MB plays, and is wound to its end, for a small part of it', async () => {
  await row('concert.wav').click();
  await page.getByRole('tab', { name: 'Preview' }).click();
  await player().waitFor();
  await expect.poll(() => playerSays('duration')).toBeCloseTo(RECORDING_SECONDS, 0);
  const toShow = world.contentBytes;
  await player().evaluate((element) => {
    const audio = element as HTMLAudioElement;
    audio.muted = true;
    return audio.play();
  });
  await expect.poll(() => playerSays('currentTime'), { timeout: SOON_MS }).toBeGreaterThan(1);
  const toPlay = world.contentBytes;
  await player().evaluate((element) => {
    const audio = element as HTMLAudioElement;
    audio.currentTime = audio.duration - 0.5;
  });
  await expect.poll(() => playerSays('ended'), { timeout: SOON_MS }).toBe(true);
  const inAll = world.contentBytes;
  expect(size).toBeGreaterThan(59_000_000);
  // Showing it fetches its beginning, and playing what the preview said before; Chromium reads some seconds ahead.
  expect(toShow).toBeLessThanOrEqual(MEDIA_START_BYTES);
  expect(toPlay).toBeLessThan(10_000_000);
  expect(inAll).toBeLessThan(12_000_000);
  expect(await findAxeFaults(page, '.details')).toEqual([]);
});

test('nothing was complained about', () => {
  expect(world.complaints).toEqual([]);
});

/** No language of the window runs from right to left yet; one that does finds every page mirrored, and time as it is. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const world = new WindowWorld();
let page: Page;
let placeId: string;
let planId: string;

beforeAll(async () => {
  await world.start();
  ({ placeId } = await world.core.addPlace('Blue drive'));
  planId = await world.core.addPlan([world.at('Letters')], [placeId]);
  for (const [day, text] of ['one', 'one and two', 'one, two and three'].entries()) {
    world.write('Letters/letter.txt', text, (3 - day) * DAY_MS);
    await world.backUp(planId, placeId, (3 - day) * DAY_MS);
  }
  page = await world.open();
  await page.evaluate(() => void (document.documentElement.dir = 'rtl'));
}, 120_000);
afterAll(() => world.close());

async function goTo(route: string, wanted: string): Promise<void> {
  await page.evaluate((hash) => void (location.hash = hash), `#${route}`);
  await page.locator(wanted).first().waitFor();
}

interface Span {
  readonly left: number;
  readonly right: number;
}

const spanOf = (selector: string): Promise<Span> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { left, right } = element.getBoundingClientRect();
      return { left, right };
    });

test('every page is mirrored and none is wider than the window', async () => {
  await page.setViewportSize({ width: 1024, height: 640 });
  const pages: readonly (readonly [string, string])[] = [
    ['/', '.calendar, .card'],
    ['/folders', '.card'],
    [`/folders/${planId}`, '.card'],
    ['/places', '.place-row'],
    [`/places/${placeId}`, '.card'],
    ['/activity', '.activity'],
    ['/settings', '.settings .setting'],
  ];
  for (const [route, wanted] of pages) {
    await goTo(route, wanted);
    const [sidebar, main] = [await spanOf('.sidebar'), await spanOf('main')];
    expect(sidebar.left, route).toBeGreaterThanOrEqual(main.right - 1);
    const tooWide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(tooWide, route).toBe(0);
  }
  expect(world.complaints).toEqual([]);
});

test('the timeline: names at the right, the words of a version beside its bar, now still at the right of time', async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await goTo(`/history?folder=${encodeURIComponent(world.at('Letters'))}`, '.contents .row');
  await page.getByText('letter.txt', { exact: true }).first().click();
  await page.locator('.version-strip .block').nth(2).waitFor();
  const [name, size] = [await spanOf('.contents .row .name'), await spanOf('.contents .row .cell-size')];
  expect(name.left).toBeGreaterThanOrEqual(size.right);
  const [title, bar] = [await spanOf('.version-strip .title'), await spanOf('.version-strip .bar')];
  expect(title.right).toBeLessThanOrEqual(bar.left);
  const band = await spanOf('.band');
  expect((await spanOf('.band .handle')).left).toBeGreaterThan((band.left + band.right) / 2);
  expect(world.complaints).toEqual([]);
});

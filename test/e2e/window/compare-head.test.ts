/** The second, dashed playhead under a pointer: it follows the hand, stands at a version when let go, and leaves the first alone. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { DAY_MS, WindowWorld } from '../support/window-world.ts';

const DAYS_AGO = [20, 16, 12, 8, 4, 1];

const world = new WindowWorld();
let page: Page;

beforeAll(async () => {
  if (NO_CHROMIUM !== '') return;
  await world.start();
  const place = await world.core.addPlace('Blue drive');
  world.write('Documents/diary.txt', 'day 0', 30 * DAY_MS);
  const planId = await world.core.addPlan([world.at('Documents')], [place.placeId]);
  await world.makeHistory(
    { planId, ...place },
    DAYS_AGO.map((days) => days * DAY_MS),
    (index, agoMs) => world.write('Documents/diary.txt', `day ${index}`, agoMs),
  );
  page = await world.open({ route: `/history?folder=${encodeURIComponent(world.at('Documents'))}` });
  page.setDefaultTimeout(15_000);
  await page.getByRole('row').filter({ hasText: 'diary.txt' }).waitFor();
}, 60_000);
afterAll(() => world.close());

const slider = () => page.getByRole('slider').first();
const compared = () => page.locator('.compare h2').innerText();
const handle = () => page.locator('.band .handle').innerText();

/** Where lines of the accent's colour go down through the heat, in pixels from the band's left: whole ones, and dashed ones. */
function lines(): Promise<{ whole: number[]; dashed: number[] }> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.band canvas');
    if (canvas === null) throw new Error('no band');
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const pen = copy.getContext('2d', { willReadFrequently: true });
    if (pen === null) throw new Error('no copy');
    pen.drawImage(canvas, 0, 0);
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.background = 'var(--accent)';
    const accent = (getComputedStyle(probe).backgroundColor.match(/\d+/g) ?? []).map(Number);
    probe.remove();
    const [top, height] = [36, 44].map((px) => Math.round(px * devicePixelRatio)) as [number, number];
    const { data } = pen.getImageData(0, top, canvas.width, height);
    const found: { whole: number[]; dashed: number[] } = { whole: [], dashed: [] };
    for (let x = 0; x < canvas.width; x++) {
      let count = 0;
      for (let y = 0; y < height; y++) {
        const at = 4 * (y * canvas.width + x);
        const isAccent = [0, 1, 2].every(
          (part) => Math.abs((data[at + part] ?? 0) - (accent[part] ?? 0)) < 40,
        );
        if (isAccent) count++;
      }
      if (count > 0.9 * height) found.whole.push(x / devicePixelRatio);
      else if (count > 0.35 * height) found.dashed.push(x / devicePixelRatio);
    }
    return found;
  });
}

async function dashedAt(): Promise<number> {
  const { dashed } = await lines();
  return dashed[0] ?? Number.NaN;
}

/** Until nothing slides any more. */
async function rested(): Promise<number> {
  let [before, reads] = [Number.NaN, 0];
  await expect
    .poll(
      async () => {
        const at = await dashedAt();
        reads = at === before ? reads + 1 : 0;
        before = at;
        return reads;
      },
      { interval: 40 },
    )
    .toBeGreaterThan(8);
  return before;
}

/** As it was at now. */
const now = { text: '', xPx: 0 };

const isSkipped = NO_CHROMIUM !== '';

test.skipIf(isSkipped)(
  `the dashed playhead follows the hand and comes to rest at a version${NO_CHROMIUM}`,
  async () => {
    // The first one out of the way: where both stand there is one line to be seen.
    await page.keyboard.press('Home');
    await page.keyboard.press('d');
    await page.locator('.compare h2').waitFor();
    const [firstHead, firstText, atNow] = [(await lines()).whole[0], await handle(), await compared()];
    const box = (await slider().boundingBox())!;
    const [from, y] = [await rested(), box.y + 60];
    Object.assign(now, { text: atNow, xPx: from });
    const grab = box.x + from + 3;
    await page.mouse.move(grab, y);
    expect(await slider().getAttribute('data-grip')).toBe('compare');
    await page.mouse.down();
    // Between two versions it is where the hand is, as far beside it as where it was taken.
    const said = new Set<string>();
    for (let step = 1; step <= 20; step++) {
      await page.mouse.move(grab - step * 24, y);
      await expect.poll(async () => Math.abs((await dashedAt()) - (from - step * 24))).toBeLessThan(2);
      said.add(await compared());
    }
    expect(said.size).toBeGreaterThan(1);
    expect(said).toContain(atNow);
    // Laid down, not thrown.
    await page.waitForTimeout(150);
    await page.mouse.up();
    await rested();
    const there = await compared();
    expect(there).not.toBe(atNow);
    expect([(await lines()).whole[0], await handle()]).toEqual([firstHead, firstText]);
  },
);

test.skipIf(isSkipped)(
  `thrown, it slides on to a version; taken to the end it is now again${NO_CHROMIUM}`,
  async () => {
    const box = (await slider().boundingBox())!;
    const y = box.y + 60;
    const [from, before] = [await rested(), await compared()];
    await page.mouse.move(box.x + from, y);
    await page.mouse.down();
    for (let step = 1; step <= 6; step++) await page.mouse.move(box.x + from + step * 25, y);
    await page.mouse.up();
    const thrown = await rested();
    expect(thrown - from).toBeGreaterThan(100);
    expect(await compared()).not.toBe(before);
    await page.mouse.move(box.x + thrown, y);
    await page.mouse.down();
    await page.mouse.move(box.x + thrown - 40, y, { steps: 4 });
    await page.mouse.move(box.x + box.width - 2, y, { steps: 10 });
    await page.waitForTimeout(150);
    await page.mouse.up();
    await rested();
    await expect.poll(compared).toBe(now.text);
    expect(Math.abs((await dashedAt()) - now.xPx)).toBeLessThan(2);
  },
);

test.skipIf(isSkipped)(
  `comparing that ends under the hand is not begun again by it${NO_CHROMIUM}`,
  async () => {
    const box = (await slider().boundingBox())!;
    const y = box.y + 60;
    const from = await rested();
    await page.mouse.move(box.x + from, y);
    await page.mouse.down();
    await page.mouse.move(box.x + from - 60, y, { steps: 4 });
    await page.keyboard.press('Escape');
    await page.locator('.compare h2').waitFor({ state: 'detached' });
    await page.mouse.move(box.x + from - 160, y, { steps: 4 });
    await page.mouse.up();
    expect(await page.locator('.compare h2').count()).toBe(0);
    expect((await lines()).dashed).toEqual([]);
  },
);

test.skipIf(isSkipped)(`nothing was complained about${NO_CHROMIUM}`, () => {
  expect(world.complaints).toEqual([]);
});

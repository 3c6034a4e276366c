/**
 * The whole way without any pointer: from the first start of the window over the first copy to an older version of a letter that
 * is found, compared, put back and taken back. Wherever the focus stops on this way it is somewhere, and can be seen.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { HOUR_MS, WindowWorld } from '../support/window-world.ts';

const SOON_MS = 15_000;
/** More than there are on any page. */
const MOST_STOPS = 40;

const LETTER = 'Documents/Letters/letter.txt';
const letter = (rent: number): string => `Dear landlord,\n\nthe rent of ${rent} euros has been paid.\n`;

describe.skipIf(NO_CHROMIUM !== '')(`by keys alone${NO_CHROMIUM}`, () => {
  const world = new WindowWorld();
  const homeBefore = process.env['HOME'];
  let page: Page;
  /** Every stop on the way at which nobody could see where they are. */
  const unseen: string[] = [];

  beforeAll(async () => {
    process.env['HOME'] = world.at();
    world.write(LETTER, letter(750), HOUR_MS);
    world.write('Documents/Letters/notes.md', 'buy milk', HOUR_MS);
    await world.start();
    page = await world.open({ reducedMotion: 'reduce' });
    page.setDefaultTimeout(SOON_MS);
    const refuse = (): never => {
      throw new Error('a pointer was used');
    };
    Object.assign(page.mouse, { move: refuse, down: refuse, up: refuse, click: refuse });
  });
  afterAll(async () => {
    process.env['HOME'] = homeBefore;
    await world.close();
  });

  async function press(key: string): Promise<Stop> {
    await page.keyboard.press(key);
    const stop = await page.evaluate(focusNow);
    // Behind the last stop Tab leaves the page, as it does in every window.
    if (!stop.isSeen && !(key === 'Tab' && stop.name === 'nothing')) unseen.push(`${key} -> ${stop.name}`);
    return stop;
  }

  /** Goes on with a key until the focus is on what has this name. */
  async function goTo(name: string | RegExp, key = 'Tab'): Promise<void> {
    const stops: string[] = [];
    const isIt = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text));
    while (stops.length < MOST_STOPS) {
      const stop = await press(key);
      if (isIt(stop.name)) return;
      stops.push(stop.name);
    }
    throw new Error(`${String(name)} is not reached by ${key}: ${stops.join(' | ')}`);
  }

  const onDisk = (): string => readFileSync(world.at(LETTER), 'utf8');

  test('from nothing to a first copy', async () => {
    await page.getByRole('heading', { name: 'New here, or getting things back?' }).waitFor();
    await goTo(/^New here/);
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'Documents', exact: true }).waitFor();
    await goTo('Go on');
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: /This computer's disk/ }).waitFor();
    // One of the places has the focus by Tab; the arrows go from one to the next.
    for (
      let stops = 0;
      !(await page.getByRole('radio', { name: /This computer's disk/ }).isChecked());
      stops++
    ) {
      if (stops > MOST_STOPS) throw new Error('the disk of this computer is not reached');
      const { isRadio } = await page.evaluate(focusNow);
      await press(isRadio ? 'ArrowDown' : 'Tab');
    }
    await goTo('Start protecting');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Safe: 2 files' }).waitFor();
    await goTo(/^You could already get back/);
  });

  test('an overwritten letter: its older version is found, compared, put back, taken back, put back again', async () => {
    world.write(LETTER, letter(800));
    await page.evaluate(() => void (location.hash = '#/'));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await goTo('Back up now');
    await press('Enter');
    const { plans, places } = await world.core.mirror();
    const versions = async (): Promise<number> =>
      (await world.core.calls['browse.points']({ placeId: places[0]?.id ?? '' })).filter(
        ({ series }) => series === plans[0]?.id,
      ).length;
    await expect.poll(versions, { timeout: SOON_MS }).toBe(2);
    // The focus has stayed where it was while the button could not be pressed.
    await goTo('Settings', 'Shift+Tab');
    await goTo('Timeline', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('slider', { name: 'Moment in time' }).waitFor();
    await goTo(/^Contents of /, 'F6');
    await goTo('Letters', 'ArrowDown');
    await press('Enter');
    await page.getByRole('grid', { name: 'Contents of Letters' }).waitFor();
    await goTo('letter.txt', 'ArrowDown');
    await page.getByRole('row').filter({ hasText: 'letter.txt' }).getByText('same').waitFor();
    await press('[');
    await page.getByRole('row').filter({ hasText: 'letter.txt' }).getByText('older than now').waitFor();
    await goTo('Versions', 'F6');
    await press('ArrowRight');
    await page.locator('.text-difference mark').first().waitFor();
    expect(await page.locator('.text-difference mark').allInnerTexts()).toEqual(['750', '800']);

    await page.keyboard.press('r');
    await page.getByText('Puts back 1 file: 1 replaces').waitFor();
    await expect.poll(async () => (await page.evaluate(focusNow)).name).toBe('Put 1 file back');
    await page.keyboard.press('Enter');
    await page.getByText('1 file put back and verified.').waitFor();
    expect(onDisk()).toBe(letter(750));

    await goTo('Undo', 'F6');
    await page.keyboard.press('Enter');
    await page.getByText('Taken back. Everything is as it was before.').waitFor();
    expect(onDisk()).toBe(letter(800));
    await goTo('Put it back again', 'F6');
    await page.keyboard.press('Enter');
    await page.getByText('1 file put back and verified.').waitFor();
    expect(onDisk()).toBe(letter(750));
    await goTo('letter.txt', 'F6');
    await press('Control+z');
    await page.getByText('Taken back. Everything is as it was before.').waitFor();
    expect(onDisk()).toBe(letter(800));
  });

  test('a deleted letter: found by its name, put back', async () => {
    world.remove(LETTER);
    await press('/');
    await page.keyboard.type('letter.txt');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox').waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: 'letter.txt' }).getByText('not on disk now').waitFor();
    await page.keyboard.press('r');
    await page.getByText('Puts back 1 file: 1 is missing today.').waitFor();
    await expect.poll(async () => (await page.evaluate(focusNow)).name).toBe('Put 1 file back');
    await page.keyboard.press('Enter');
    await expect.poll(() => existsSync(world.at(LETTER)), { timeout: SOON_MS }).toBe(true);
    expect(onDisk()).toBe(letter(800));
  });

  test('the focus was to be seen at every stop, and nothing was complained of', () => {
    expect(unseen).toEqual([]);
    expect(world.complaints).toEqual([]);
  });
});

interface Stop {
  readonly name: string;
  readonly isSeen: boolean;
  readonly isRadio: boolean;
}

/** What has the focus: by its name, and whether a ring of some width and colour is around it or around what stands for it. */
function focusNow(): Stop {
  const nameOf = (element: Element): string =>
    (
      element.getAttribute('aria-label') ??
      (element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null) ??
      element.textContent ??
      ''
    )
      .replaceAll(/\s+/g, ' ')
      .trim();
  const hasRing = (element: Element): boolean => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, opacity } = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    if (width < 4 || height < 4 || opacity === '0') return false;
    const isClear = outlineColor.endsWith(', 0)');
    return (
      (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && !isClear) || boxShadow !== 'none'
    );
  };
  const focused = document.activeElement;
  if (focused === null || focused === document.body)
    return { name: 'nothing', isSeen: false, isRadio: false };
  const row = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '');
  const hasCaret = focused instanceof HTMLInputElement && focused.type === 'text';
  const labels = focused instanceof HTMLInputElement ? [...(focused.labels ?? [])] : [];
  // A row is told by what it is called, not by all of its columns.
  const name = row === null ? nameOf(focused) : nameOf(row.querySelector('.name') ?? row);
  return {
    name,
    isSeen: hasCaret || [focused, row, ...labels].some((element) => element !== null && hasRing(element)),
    isRadio: focused instanceof HTMLInputElement && focused.type === 'radio',
  };
}

/**
 * Takes the pictures in docs/screenshots: every page, light and dark, in two sizes, on a home with a past. Run by
 * `npm run screenshots` after a build; who changes a page looks at them.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { WindowWorld } from '#test/e2e/support/window-world.ts';
import { ROOT } from '#test/e2e/support/target.ts';
import { setup as bundleWorker } from '#test/bundle-worker.ts';
import { makePast, writeLetters, type PicturePlaces } from './world.ts';

const FOLDER = path.join(ROOT, 'docs', 'screenshots');
const VERSIONS = Number(process.env['SCREENSHOT_VERSIONS'] ?? 300);
/** Pictures settle: fonts, rows, charts. */
const SETTLE_MS = 2000;

const SIZES = [
  { name: '1440', width: 1440, height: 900 },
  { name: '1024', width: 1024, height: 640 },
] as const;

interface Screen {
  readonly name: string;
  route(places: PicturePlaces, world: WindowWorld): string;
  /** What is clicked before the picture is taken. */
  prepare?(page: Page): Promise<void>;
}

const letters = ({ placeId }: PicturePlaces, world: WindowWorld): string =>
  `/history?${new URLSearchParams({ place: placeId, folder: world.at('Documents', 'Letters') }).toString()}`;

const choose = async (page: Page, name: string): Promise<void> => {
  await page.getByText(name, { exact: true }).first().click();
};

const SCREENS: readonly Screen[] = [
  { name: 'overview', route: () => '/' },
  { name: 'timeline', route: letters, prepare: (page) => choose(page, 'letter to the landlord.txt') },
  {
    name: 'preview',
    route: letters,
    prepare: async (page) => {
      await choose(page, 'letter to the landlord.txt');
      await page.getByRole('tab', { name: 'Preview' }).click();
    },
  },
  {
    name: 'difference',
    route: letters,
    prepare: async (page) => {
      await choose(page, 'letter to the landlord.txt');
      await page.keyboard.press('[');
      await page.getByRole('tab', { name: 'Difference' }).click();
    },
  },
  {
    name: 'search',
    route: letters,
    prepare: async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('contract');
    },
  },
  {
    name: 'compare',
    route: letters,
    prepare: async (page) => {
      await page.keyboard.press('t');
      await page.keyboard.type('3 weeks ago');
      await page.keyboard.press('Enter');
      await page.keyboard.press('d');
      await page.getByText('meter readings.csv').click();
    },
  },
  {
    name: 'put-back',
    route: letters,
    prepare: async (page) => {
      await choose(page, 'letter to the landlord.txt');
      await page.keyboard.press('[');
      await page.keyboard.press('r');
    },
  },
  {
    name: 'columns',
    route: letters,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Columns' }).click();
      await choose(page, 'to do.md');
    },
  },
  {
    name: 'strip',
    route: letters,
    prepare: async (page) => {
      await choose(page, 'letter to the landlord.txt');
      await page.keyboard.press('v');
    },
  },
  { name: 'keys', route: letters, prepare: (page) => page.keyboard.press('?') },
  { name: 'folders', route: () => '/folders' },
  { name: 'plan', route: ({ planId }) => `/folders/${planId}` },
  { name: 'places', route: () => '/places' },
  { name: 'place', route: ({ placeId }) => `/places/${placeId}` },
  { name: 'new-place', route: () => '/places/new' },
  {
    name: 'place-test',
    route: ({ placeId }) => `/places/${placeId}`,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Try it out' }).click();
      await page.getByText('works', { exact: true }).first().waitFor();
      await page.locator('.place-test').scrollIntoViewIfNeeded();
    },
  },
  { name: 'trial', route: () => '/try' },
  { name: 'activity', route: () => '/activity' },
  { name: 'settings', route: () => '/settings' },
  { name: 'recover', route: () => '/recover' },
  // Last: a page that was made anew is not proven.
  {
    name: 'kit',
    route: ({ placeId }) => `/places/${placeId}/kit`,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'I cannot find it' }).click();
      await page.getByRole('button', { name: 'Make a new page' }).click();
    },
  },
];

await bundleWorker();
const world = new WindowWorld();
const links = linkNaturally();
try {
  process.env['HOME'] = world.at();
  await world.start(links === undefined ? 'profile' : path.relative(world.core.folder, links.profile));
  const wanted = process.argv.slice(2);
  if (wanted.length === 0) rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  if (wanted.length === 0) await takeFirstRun();
  const places = await makePast(world, links?.media, VERSIONS);
  for (const screen of SCREENS) {
    if (wanted.length === 0 || wanted.includes(screen.name)) await take(screen, places);
  }
  for (const complaint of world.complaints) console.log(`the console says: ${complaint}`);
} finally {
  await world.close();
  links?.remove();
}

/** Folders as people have them, where this machine lets them be made; else the pictures show temporary ones. */
function linkNaturally(): { readonly media: string; readonly profile: string; remove(): void } | undefined {
  const links = { '/home/anna': world.core.at('home'), '/media/anna': world.core.at('media') };
  const made: string[] = [];
  const remove = (): void => made.forEach((link) => rmSync(link));
  try {
    for (const [link, folder] of Object.entries(links)) {
      mkdirSync(folder);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(folder, link);
      made.push(link);
    }
  } catch {
    remove();
    return undefined;
  }
  world.home = '/home/anna';
  return { media: '/media/anna', profile: '/home/anna/.local/share/tidemark', remove };
}

/** Before anything is protected. */
async function takeFirstRun(): Promise<void> {
  writeLetters(world);
  world.write('Desktop/shopping list.txt', 'bread, salt');
  world.write('Downloads/installer.bin', new Uint8Array(4_000_000));
  world.write('Music/sea shanty.mp3', new Uint8Array(6_000_000));
  await inEachLook(async (page, name) => {
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: path.join(FOLDER, `welcome-${name}.png`) });
    await page.getByText('New here', { exact: true }).click();
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: path.join(FOLDER, `welcome-folders-${name}.png`) });
  });
}

async function take(screen: Screen, places: PicturePlaces): Promise<void> {
  await inEachLook(async (page, name) => {
    await page.evaluate((hash) => void (location.hash = hash), `#${screen.route(places, world)}`);
    await page.waitForTimeout(SETTLE_MS);
    await screen.prepare?.(page).catch((error: unknown) => console.log(`${screen.name}: ${String(error)}`));
    // Nothing is lit because the pointer was left on it.
    await page.mouse.move(1, 1);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: path.join(FOLDER, `${screen.name}-${name}.png`) });
  });
  console.log(screen.name);
}

async function inEachLook(work: (page: Page, name: string) => Promise<void>): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const { name, ...viewport } of SIZES) {
      const page = await world.open({ colorScheme, viewport });
      page.setDefaultTimeout(5000);
      await work(page, `${colorScheme}-${name}`);
      await page.context().close();
    }
  }
}

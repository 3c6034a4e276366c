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

interface Look {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly viewport: { readonly width: number; readonly height: number };
}

const LOOKS: readonly Look[] = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { name: `${colorScheme}-1440`, colorScheme, viewport: { width: 1440, height: 900 } },
  { name: `${colorScheme}-1024`, colorScheme, viewport: { width: 1024, height: 640 } },
]);

interface Screen {
  readonly name: string;
  route(places: PicturePlaces, world: WindowWorld): string;
  /** What is clicked before the picture is taken. */
  prepare?(page: Page): Promise<void>;
}

const letters = ({ placeId }: PicturePlaces, world: WindowWorld): string =>
  `/history?${new URLSearchParams({ place: placeId, folder: world.at('Documents', 'Letters') }).toString()}`;

const openMore = async (page: Page, deed: string): Promise<void> => {
  await choose(page, 'letter to the landlord.txt');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: deed }).click();
};

const choose = async (page: Page, name: string): Promise<void> => {
  await page.getByText(name, { exact: true }).first().click();
};

const SCREENS: readonly Screen[] = [
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
  {
    name: 'icons',
    route: letters,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Icons' }).click();
      await choose(page, 'to do.md');
    },
  },
  {
    name: 'about',
    route: letters,
    prepare: async (page) => {
      await choose(page, 'letter to the landlord.txt');
      await page.getByRole('tab', { name: 'About' }).click();
    },
  },
  {
    name: 'large-preview',
    route: letters,
    prepare: async (page) => {
      await choose(page, 'letter to the landlord.txt');
      await page.keyboard.press('Space');
    },
  },
  { name: 'export', route: letters, prepare: (page) => openMore(page, 'Export as zip') },
  { name: 'keep', route: letters, prepare: (page) => openMore(page, 'Keep this version for ever') },
  { name: 'erase', route: letters, prepare: (page) => openMore(page, 'Erase from history') },
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
  {
    name: 'job',
    route: () => '/activity',
    prepare: async (page) => {
      await page.getByText('Backup of My files to Home server').click();
    },
  },
  { name: 'settings', route: () => '/settings' },
  { name: 'recover', route: () => '/recover' },
  // Every place was looked at by then.
  { name: 'overview', route: () => '/' },
  {
    name: 'who-can-open',
    route: ({ placeId }) => `/places/${placeId}/kit`,
    prepare: async (page) => {
      await page.getByRole('heading', { name: 'Who can open the copies' }).scrollIntoViewIfNeeded();
    },
  },
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
const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
if (wanted.length === 0) rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
if (isWanted('welcome')) for (const look of LOOKS) await inWorld((world) => takeFirstRun(world, look));
if (SCREENS.some(({ name }) => isWanted(name))) await inWorld(takeScreens);

async function inWorld(
  work: (world: WindowWorld, media: string | undefined) => Promise<void>,
): Promise<void> {
  const world = new WindowWorld();
  const links = linkNaturally(world);
  try {
    process.env['HOME'] = world.at();
    await world.start(links === undefined ? 'profile' : path.relative(world.core.folder, links.profile));
    await work(world, links?.media);
    for (const complaint of world.complaints) console.log(`the console says: ${complaint}`);
  } finally {
    await world.close();
    links?.remove();
  }
}

async function takeScreens(world: WindowWorld, media: string | undefined): Promise<void> {
  const places = await makePast(world, media, VERSIONS);
  for (const screen of SCREENS.filter(({ name }) => isWanted(name))) await take(world, screen, places);
}

/** Folders as people have them, where this machine lets them be made; else the pictures show temporary ones. */
function linkNaturally(
  world: WindowWorld,
): { readonly media: string; readonly profile: string; remove(): void } | undefined {
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

/** The four screens, on a computer that has nothing yet. */
async function takeFirstRun(world: WindowWorld, look: Look): Promise<void> {
  writeLetters(world);
  world.write('Desktop/shopping list.txt', 'bread, salt');
  world.write('Downloads/installer.bin', new Uint8Array(4_000_000));
  world.write('Music/sea shanty.mp3', new Uint8Array(6_000_000));
  const page = await openIn(world, look);
  const shoot = async (name: string): Promise<void> => {
    await page.mouse.move(1, 1);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: path.join(FOLDER, `${name}-${look.name}.png`) });
  };
  await shoot('welcome');
  await page.getByText('New here', { exact: true }).click();
  await shoot('welcome-folders');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('radio', { name: /This computer's disk/ }).check();
  await shoot('welcome-places');
  await page.getByRole('button', { name: 'Start protecting' }).click();
  await page.getByText('Everything you chose is safe now').waitFor({ timeout: 60_000 });
  await shoot('welcome-safe');
  console.log(`welcome, ${look.name}`);
}

async function take(world: WindowWorld, screen: Screen, places: PicturePlaces): Promise<void> {
  for (const look of LOOKS) {
    const page = await openIn(world, look);
    await page.evaluate((hash) => void (location.hash = hash), `#${screen.route(places, world)}`);
    await page.waitForTimeout(SETTLE_MS);
    await screen.prepare?.(page).catch((error: unknown) => console.log(`${screen.name}: ${String(error)}`));
    // Nothing is lit because the pointer was left on it.
    await page.mouse.move(1, 1);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: path.join(FOLDER, `${screen.name}-${look.name}.png`) });
    await page.context().close();
  }
  console.log(screen.name);
}

async function openIn(world: WindowWorld, { colorScheme, viewport }: Look): Promise<Page> {
  const page = await world.open({ colorScheme, viewport });
  page.setDefaultTimeout(5000);
  return page;
}

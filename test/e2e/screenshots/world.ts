/**
 * A home with a past, for pictures: letters as people have them, and this checkout's own history replayed into a folder,
 * spread over the last eight months. Real files, real versions, the real engine.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, HOUR_MS, type WindowWorld } from '#test/e2e/support/window-world.ts';
import { ROOT } from '#test/e2e/support/target.ts';

const MONTHS_MS = 240 * DAY_MS;
/** The last of it is a few minutes old. */
const NEWEST_MS = 4 * 60_000;

export interface PicturePlaces {
  readonly planId: string;
  readonly placeId: string;
}

/** @param media where drives are @param versions how many are made in all */
export async function makePast(
  world: WindowWorld,
  media: string | undefined,
  versions: number,
): Promise<PicturePlaces> {
  writeLetters(world);
  const place = (name: string): ReturnType<typeof world.core.addPlace> =>
    world.core.addPlace(name, media === undefined ? world.core.at(name) : path.join(media, name));
  const drive = await place('Blue drive');
  const second = await place('Home server');
  const planId = await world.core.addPlan(
    [world.at('Documents'), world.at('Pictures'), world.at('Projects')],
    [drive.placeId, second.placeId],
    {
      name: 'My files',
      schedule: { fixedTimes: [], isWatching: true, maxAgeMs: DAY_MS },
      retention: {
        counts: {},
        withinUnits: { hourly: { months: 10 }, daily: { years: 2 }, monthly: { years: 10 } },
        tagLists: [],
      },
    },
  );
  const commits = commitsOf(versions);
  const moments = commits.map((_, index) => momentOf(index, commits.length));
  const checkout = checkoutInto(world.at('Projects', 'tidemark'), world.core.at('pictures.index'));
  await world.makeHistory({ planId, ...drive }, moments, (index, agoMs) => {
    checkout(commits[index] ?? 'HEAD');
    changeLetters(world, index / commits.length, index, agoMs);
  });
  await world.backUp(planId, second.placeId);
  await world.core.calls['places.proveRecovery']({ placeId: drive.placeId, code: drive.recoveryCode });
  await world.core.calls['places.proveRecovery']({ placeId: second.placeId, code: second.recoveryCode });
  return { planId, placeId: drive.placeId };
}

/** Thin at first, hourly at the end, with a holiday. */
function momentOf(index: number, count: number): number {
  const rest = 1 - index / Math.max(1, count - 1);
  const agoMs = NEWEST_MS + rest ** 2 * MONTHS_MS;
  return agoMs > 60 * DAY_MS && agoMs < 74 * DAY_MS ? agoMs + 14 * DAY_MS * (agoMs / (74 * DAY_MS)) : agoMs;
}

/** Oldest first; as many as there are at most. */
function commitsOf(most: number): string[] {
  const all = git(['log', '--first-parent', '--reverse', '--format=%H']).trim().split('\n');
  const step = Math.max(1, all.length / most);
  return Array.from(
    { length: Math.min(most, all.length) },
    (_, index) => all[Math.floor(index * step)] ?? 'HEAD',
  );
}

function checkoutInto(folder: string, index: string): (commit: string) => void {
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GIT_INDEX_FILE: index };
  const paths = (commit: string): void =>
    void execFileSync('git', [`--work-tree=${folder}`, 'read-tree', '-u', '--reset', `${commit}:src-main`], {
      cwd: ROOT,
      env,
    });
  return paths;
}

function git(args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** What is there before anything is protected. */
export function writeLetters(world: WindowWorld): void {
  const old = MONTHS_MS + DAY_MS;
  const letters = 'Documents/Letters';
  world.write(`${letters}/complaint heating.odt`, text('The heating has been cold since Monday.', 900), old);
  world.write(`${letters}/letter to the landlord.txt`, letter(0), old);
  world.write(`${letters}/meter readings.csv`, 'month,electricity,water\n', old);
  world.write(`${letters}/rent contract signed.txt`, text('Between the parties it is agreed:', 4000), old);
  world.write(`${letters}/to do.md`, '# To do\n\n- [ ] find the meter\n', old);
  world.write(`${letters}/scan 0412.txt`, text('Page one.', 2000), old);
  world.write(`${letters}/Old flat/handover.txt`, text('Two keys, no cellar.', 300), old);
  world.write(`${letters}/Insurance/household.txt`, text('Policy', 1200), old);
  world.write('Documents/Recipes/bread.md', '# Bread\n\nFlour, water, salt, time.\n', old);
  for (let number = 1; number <= 12; number++) {
    world.write(`Pictures/2026/boat ${number}.svg`, picture(number), old - number * HOUR_MS);
  }
  const folders = [
    `${letters}/Old flat`,
    `${letters}/Insurance`,
    letters,
    'Documents/Recipes',
    'Pictures/2026',
  ];
  for (const folder of folders) dateFolder(world, folder, old);
}

/** Making them in a minute leaves the time of the pictures on all. */
function dateFolder(world: WindowWorld, folder: string, agoMs: number): void {
  const seconds = (Date.now() - agoMs) / 1000;
  utimesSync(world.at(folder), seconds, seconds);
}

function changeLetters(world: WindowWorld, share: number, index: number, agoMs: number): void {
  const letters = 'Documents/Letters';
  if (index % 11 === 3) world.write(`${letters}/letter to the landlord.txt`, letter(index), agoMs);
  if (index % 7 === 1) {
    const rows = Array.from({ length: index }, (_, row) => `${row + 1},${230 + row * 3},${11 + (row % 5)}`);
    world.write(`${letters}/meter readings.csv`, ['month,electricity,water', ...rows].join('\n'), agoMs);
  }
  if (index % 5 === 2)
    world.write(`${letters}/to do.md`, `# To do\n\n- [x] find the meter\n- [ ] item ${index}\n`, agoMs);
  if (index % 23 === 9) world.write(`Pictures/2026/boat ${(index % 12) + 1}.svg`, picture(index), agoMs);
  const goes = (name: string, at: number): void => {
    if (share < at || share >= at + 0.02) return;
    removeOnce(world, name);
    dateFolder(world, letters, agoMs);
  };
  goes(`${letters}/Old flat`, 0.82);
  goes(`${letters}/scan 0412.txt`, 0.74);
  goes(`${letters}/rent contract signed.txt`, 0.96);
}

function removeOnce(world: WindowWorld, name: string): void {
  try {
    world.remove(name);
  } catch {
    // It went with the version before.
  }
}

function letter(index: number): string {
  return `Dear Mrs Arnold,\n\nthe heating in the kitchen ${index % 2 === 0 ? 'is cold again' : 'still does not warm up'}.\nI have written to you ${index} times about it.\n\n${text('Please send somebody before the frost.', 40 + index * 3)}\n\nYours,\nAnna\n`;
}

function text(sentence: string, times: number): string {
  return Array.from({ length: times }, (_, line) => `${sentence} (${line + 1})`).join('\n');
}

function picture(seed: number): string {
  const waves = Array.from({ length: 6 }, (_, row) => {
    const y = 60 + row * 22 + ((seed * 7) % 12);
    return `<path d="M0 ${y}q40 -${12 + (seed % 9)} 80 0t80 0 80 0 80 0" fill="none" stroke="hsl(${180 + ((seed * 13) % 40)} 50% ${30 + row * 8}%)" stroke-width="6"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 220"><rect width="320" height="220" fill="hsl(${190 + (seed % 20)} 40% 88%)"/>${waves.join('')}</svg>`;
}

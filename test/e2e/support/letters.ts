/** A person's letters over eight months: written, changed, deleted, brought back; backed up as people do. For the history page. */
import { DAY_MS, HOUR_MS, type WindowWorld } from './window-world.ts';

export interface Letters {
  readonly placeId: string;
  readonly planId: string;
  /** Ages of the versions, oldest first. */
  readonly agoMs: readonly number[];
}

/** Every letter with how often it changes: at each version whose number it divides. */
const LETTERS: readonly (readonly [name: string, every: number, bytes: number])[] = [
  ['complaint heating.odt', 9, 22_000],
  ['letter to the landlord.docx', 4, 48_000],
  ['meter readings.xlsx', 7, 18_000],
  ['receipt boiler.jpg', 0, 240_000],
  ['rent 2025.pdf', 0, 31_000],
  ['rent contract signed.pdf', 23, 110_000],
  ['to do.md', 2, 3_000],
  ['water damage kitchen.jpg', 31, 380_000],
  ['wills and powers.docx', 17, 64_000],
];

export async function makeLetters(world: WindowWorld, versions = 70): Promise<Letters> {
  const place = await world.core.addPlace('Blue drive');
  // The oldest once a day, the last two days every few hours.
  const days = Array.from({ length: versions - 8 }, (_, at) => (versions - 8 - at + 2) * 1.5 * DAY_MS + 3 * HOUR_MS);
  const hours = Array.from({ length: 8 }, (_, at) => (8 - at) * 5 * HOUR_MS);
  // A week on holiday, with the computer off.
  const agoMs = [...days, ...hours].filter((ago) => ago < 30 * DAY_MS || ago > 38 * DAY_MS);
  const write = (name: string, bytes: number, turn: number, ago: number): void =>
    world.write(`Documents/Letters/${name}`, textOf(name, bytes, turn), ago + HOUR_MS / 2);
  for (const [name, , bytes] of LETTERS) write(name, bytes, 0, (agoMs[0] ?? 0) + 40 * DAY_MS);
  world.write('Documents/Letters/Insurance/policy.pdf', textOf('policy', 9_000, 0), agoMs[0]);
  world.write('Documents/Letters/Old flat/keys.txt', 'three keys', agoMs[0]);
  world.write('Documents/Letters/scan 0412.pdf', textOf('scan', 84_000, 0), agoMs[0]);
  world.write('Documents/Taxes/2025.ods', textOf('taxes', 50_000, 0), agoMs[0]);
  world.write('Pictures/garden.jpg', textOf('garden', 90_000, 0), agoMs[0]);
  const planId = await world.core.addPlan([world.at('Documents'), world.at('Pictures')], [place.placeId]);
  await world.makeHistory({ planId, ...place }, agoMs, (turn, ago) => {
    if (turn === 0) return;
    for (const [name, every, bytes] of LETTERS)
      if (every > 0 && turn % every === 0 && !(name.startsWith('rent contract') && turn > 60))
        write(name, bytes, turn, ago);
    if (turn % 5 === 0) world.write('Documents/Letters/Insurance/policy.pdf', textOf('policy', 9_000, turn), ago);
    if (turn % 6 === 0) world.write(`Pictures/day ${turn}.jpg`, textOf('day', 60_000, turn), ago);
    if (turn === 20) world.write('Documents/Letters/Drafts/first try.odt', textOf('try', 12_000, 0), ago);
    if (turn === 34) world.remove('Documents/Letters/Old flat');
    if (turn === 41) world.remove('Documents/Letters/scan 0412.pdf');
    if (turn === 45) world.remove('Documents/Letters/Drafts');
    if (turn === versions - 12) world.remove('Documents/Letters/rent contract signed.pdf');
  });
  write('to do.md', 2_500, 999, 0);
  return { placeId: place.placeId, planId, agoMs };
}

function textOf(name: string, bytes: number, turn: number): string {
  const line = `${name}, as of turn ${turn}: rent, heating and the garden fence.\n`;
  return line.repeat(Math.ceil((bytes + turn * 37) / line.length));
}

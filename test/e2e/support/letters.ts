/**
 * A person's letters over some months: written, changed, deleted, and backed up as people do, with a week when the
 * computer was off. For the specs of the history page.
 */
import { DAY_MS, HOUR_MS, type WindowWorld } from './window-world.ts';

export interface Letters {
  readonly placeId: string;
  readonly planId: string;
  /** The folder that is looked at. */
  readonly folder: string;
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
  ['rent contract signed.pdf', 11, 110_000],
  ['to do.md', 2, 3_000],
  ['wills and powers.docx', 17, 64_000],
];

/** Of the versions, the last so many are hours apart, the others a day and a half. */
const HOURLY = 8;

export async function makeLetters(world: WindowWorld, versions: number): Promise<Letters> {
  const place = await world.core.addPlace('Blue drive');
  const daily = Array.from(
    { length: versions - HOURLY },
    (_, at) =>
      (versions - HOURLY - at + 2) * 1.5 * DAY_MS + 3 * HOUR_MS + (at < versions / 2 ? 7 * DAY_MS : 0),
  );
  const agoMs = [...daily, ...Array.from({ length: HOURLY }, (_, at) => (HOURLY - at) * 5 * HOUR_MS)];
  const folder = 'Documents/Letters';
  const write = (name: string, bytes: number, turn: number, ago: number): void =>
    world.write(`${folder}/${name}`, textOf(name, bytes, turn), ago + HOUR_MS / 2);
  const firstMs = (agoMs[0] ?? 0) + 40 * DAY_MS;
  for (const [name, , bytes] of LETTERS) write(name, bytes, 0, firstMs);
  write('Insurance/policy.pdf', 9_000, 0, firstMs);
  write('Old flat/keys.txt', 100, 0, firstMs);
  write('scan 0412.pdf', 84_000, 0, firstMs);
  world.write('Documents/Taxes/2025.ods', textOf('taxes', 50_000, 0), firstMs);
  world.write('Pictures/garden.jpg', textOf('garden', 90_000, 0), firstMs);
  const planId = await world.core.addPlan([world.at('Documents'), world.at('Pictures')], [place.placeId]);
  const at = (share: number): number => Math.round(versions * share);
  await world.makeHistory({ planId, ...place }, agoMs, (turn, ago) => {
    if (turn === 0) return;
    const isContractGone = turn >= at(0.8);
    for (const [name, every, bytes] of LETTERS)
      if (every > 0 && turn % every === 0 && !(isContractGone && name.startsWith('rent contract')))
        write(name, bytes, turn, ago);
    if (turn % 5 === 0) write('Insurance/policy.pdf', 9_000, turn, ago);
    if (turn % 6 === 0) world.write(`Pictures/day ${turn}.jpg`, textOf('day', 60_000, turn), ago);
    if (turn === at(0.3)) write('Drafts/first try.odt', 12_000, 0, ago);
    if (turn === at(0.5)) world.remove(`${folder}/Old flat`);
    if (turn === at(0.6)) world.remove(`${folder}/scan 0412.pdf`);
    if (turn === at(0.7)) world.remove(`${folder}/Drafts`);
    if (turn === at(0.8)) world.remove(`${folder}/rent contract signed.pdf`);
  });
  write('to do.md', 2_500, 999, 0);
  write('new today.txt', 40, 0, 0);
  return { placeId: place.placeId, planId, folder: world.at('Documents', 'Letters'), agoMs };
}

function textOf(name: string, bytes: number, turn: number): string {
  const line = `${name}, as of turn ${turn}: rent, heating and the garden fence.\n`;
  return line.repeat(Math.ceil((bytes + turn * 37) / line.length));
}

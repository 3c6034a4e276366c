/**
 * Plans, places and rules as they travel to every place: a few JSON files in a snapshot of their own, so that stock
 * restic can read them too and a new computer needs nothing but a place and a key. No secret is in them. Source: product
 * notes, section 6, "Settings in every place".
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { TidemarkError } from '#base/errors.ts';
import { count, placeId, plan, timeMs } from '#contract/app/values.ts';
import { knownSystem } from '#contract/app/content-calls.ts';
import type { SettingsFile } from '#contract/engine/engine-values.ts';
import { getActivityHead, listActivity } from '#services/state/activity-table.ts';
import { listPlaces, type Place } from '#services/state/places-table.ts';
import { listPlans, type Plan } from '#services/state/plans-table.ts';
import { getSetting, parseSetting, type Setting } from '#services/state/settings-table.ts';
import type { StateReader } from '#services/state/state-database.ts';

const SETTINGS_FILE = 'settings.json';
/** So that a place whose own are damaged gets them back from any other. */
const KEY_COPIES_FILE = 'keys.json';
const ACTIVITY_FILE = 'activity.json';
/** Newest entries that travel; about 3 MB. */
const MOST_ACTIVITY = 10_000;

const travellingPlace = z.strictObject({
  id: placeId,
  name: z.string(),
  kind: z.string(),
  address: z.record(z.string(), z.json()),
  repositoryId: z.string().nullable(),
  addedAtMs: timeMs,
});

/** A newer program may write more: what is not known here is left out, not refused. */
const settingsText = z.object({
  format: z.literal(1),
  savedAtMs: timeMs,
  installationId: z.string(),
  hostname: z.string(),
  plans: z.array(plan),
  places: z.array(travellingPlace),
  activityHead: z.object({ number: count, hash: z.string() }),
  /** Younger than the others. */
  systems: z.array(knownSystem).default([]),
  /** To whom codes were given; programs before it wrote none. */
  givenKeys: z.json().optional(),
});

export interface TravelledSettings {
  readonly savedAtMs: number;
  readonly installationId: string;
  readonly hostname: string;
  readonly plans: readonly Plan[];
  readonly places: readonly Omit<Place, 'machineKeyId' | 'isRecoveryProven'>[];
  readonly systems: Setting<'systems'>;
  readonly givenKeys: Setting<'givenKeys'>;
}

/** @throws state.entryInvalid */
export function settingsFiles(reader: StateReader, savedAtMs: number, hostname: string): SettingsFile[] {
  const head = getActivityHead(reader);
  const settings = z.encode(settingsText, {
    format: 1,
    savedAtMs,
    installationId: getSetting(reader, 'installationId') ?? '',
    hostname,
    plans: listPlans(reader) as z.output<typeof plan>[],
    places: listPlaces(reader).map(({ machineKeyId: _key, isRecoveryProven: _proven, ...rest }) => rest),
    activityHead: head,
    systems: getSetting(reader, 'systems') ?? [],
    givenKeys: getSetting(reader, 'givenKeys') ?? {},
  });
  return [
    { name: SETTINGS_FILE, text: `${JSON.stringify(settings, undefined, 2)}\n` },
    {
      name: KEY_COPIES_FILE,
      text: `${JSON.stringify(getSetting(reader, 'keyCopies') ?? {}, undefined, 1)}\n`,
    },
    { name: ACTIVITY_FILE, text: `${JSON.stringify(listActivity(reader, MOST_ACTIVITY), undefined, 1)}\n` },
  ];
}

/** Of what a person decided, whenever and wherever it is written down. */
export function settingsDigest(reader: StateReader): string {
  const plans = listPlans(reader).map((each) => z.encode(plan, each as z.output<typeof plan>));
  const places = listPlaces(reader).map(({ id, name, address, repositoryId }) => ({
    id,
    name,
    address,
    repositoryId,
  }));
  const given = getSetting(reader, 'givenKeys') ?? {};
  const decided = [plans, places, getSetting(reader, 'keyCopies') ?? {}];
  // Whoever has given no code to anybody has the digest of before, and nothing to save anew.
  return hash('sha256', JSON.stringify(Object.keys(given).length === 0 ? decided : [...decided, given]));
}

/** @throws state.entryInvalid: the files are not what this program understands */
export function parseSettings(files: readonly SettingsFile[]): TravelledSettings {
  const file = files.find(({ name }) => name === SETTINGS_FILE);
  try {
    const { plans, givenKeys, ...rest } = z.decode(
      settingsText,
      JSON.parse(file?.text ?? '') as z.input<typeof settingsText>,
    );
    return { ...rest, plans: plans as unknown as Plan[], givenKeys: readGivenKeys(givenKeys) };
  } catch (error) {
    throw new TidemarkError(
      'state.entryInvalid',
      { table: 'settings in a backup place', entry: SETTINGS_FILE, reason: 'it cannot be read' },
      { cause: error },
    );
  }
}

/** None where the settings are from an earlier program, or where the file cannot be read: copies are a help, never a condition. */
export function parseKeyCopies(files: readonly SettingsFile[]): Setting<'keyCopies'> {
  const text = files.find(({ name }) => name === KEY_COPIES_FILE)?.text;
  if (text === undefined) return {};
  try {
    return parseSetting('keyCopies', JSON.parse(text));
  } catch {
    return {};
  }
}

/** Names beside keys: where they cannot be read, the keys are listed without. */
function readGivenKeys(written: unknown): Setting<'givenKeys'> {
  try {
    return parseSetting('givenKeys', written ?? {});
  } catch {
    return {};
  }
}

/** Single values by name. Each has its shape here; a name that is not listed does not exist. */
import { z } from 'zod';
import { knownSystem } from '#contract/app/content-calls.ts';
import { DEFAULT_WINDOW_SETTINGS, windowSettings } from '#contract/app/settings-calls.ts';
import { pause, placeId, timeMs } from '#contract/app/values.ts';
import { decodeRow, encodeRow, jsonColumn } from './columns.ts';
import type { StateReader, StateWriter } from './state-database.ts';

const SETTINGS = {
  /** Tells two computers with one name apart; made once, random. */
  installationId: z.string().min(1),
  /** Config and keys of places, sealed, in base64, by the place's id. */
  keyCopies: z.record(
    placeId,
    z.strictObject({
      repositoryId: z.string(),
      config: z.string(),
      keys: z.array(z.strictObject({ id: z.string(), bytes: z.string() })),
    }),
  ),
  /** Codes for helpers and the person's own passphrase, by an id of ours: which key each is in which place. No secret. */
  givenKeys: z.record(
    z.string(),
    z.strictObject({
      kind: z.enum(['helper', 'passphrase']),
      /** Null: the person's own. */
      givenTo: z.string().nullable(),
      madeAtMs: timeMs,
      keyIds: z.record(placeId, z.string()),
    }),
  ),
  /** Changes of keys that wait for a place, by its id: key files as they will be stored, sealed, in base64; ids to be withdrawn. */
  owedKeys: z.record(
    placeId,
    z.strictObject({
      add: z.array(z.strictObject({ id: z.string(), bytes: z.string() })),
      withdraw: z.array(z.string()),
    }),
  ),
  /** Latest wall clock that was believed; what lies behind it is not. */
  lastSeenTimeMs: timeMs,
  /** What the clock is in doubt for, and how long the machine has been awake with it. */
  clockDoubt: z
    .strictObject({
      kind: z.enum(['behindLastSeen', 'behindNewestPoint', 'farAhead']),
      heldMs: z.number().nonnegative(),
      latestMs: timeMs,
    })
    .nullable(),
  /** Nothing starts by itself meanwhile; null: not paused. */
  pause: pause.nullable(),
  /** How the person wants the window. */
  window: windowSettings.extend({
    // Younger than the others.
    accent: windowSettings.shape.accent.default(DEFAULT_WINDOW_SETTINGS.accent),
  }),
  /** Of places whose recovery code was shown to open them, by id: when, and when it was last at hand. */
  recoveryKits: z.record(
    placeId,
    z.strictObject({
      provenAtMs: timeMs,
      seenAtMs: timeMs,
      /** By which one group is told from that of an older kit; null: what opened it was no recovery code. */
      mark: z.string().nullable(),
    }),
  ),
  /** Which system each computer had, and since which of its versions; oldest first. */
  systems: z.array(knownSystem),
  /** That there is an icon in the tray, by the window or by a notice. */
  wasToldOfTray: z.boolean(),
  /** Keys of reminders that the person has said enough to. */
  dismissedReminders: z.array(z.string()),
  /** Notices that the person has been told, so that a restart does not tell them again. */
  toldNotices: z.array(
    z.strictObject({
      key: z.string(),
      level: z.enum(['notice', 'alarm']),
      times: z.number().int(),
      lastAtMs: timeMs,
      goneAtMs: timeMs.optional(),
    }),
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Setting<Name extends SettingName> = z.output<(typeof SETTINGS)[Name]>;

function describeRow<Name extends SettingName>(name: Name) {
  return z.strictObject({
    name: z.string(),
    value: jsonColumn(SETTINGS[name] as unknown as z.ZodType<Setting<Name>>),
  });
}

/** Made once: making a description costs far more than reading a row by it. */
const descriptions = new Map<SettingName, z.ZodType>();

function rowOf<Name extends SettingName>(name: Name): ReturnType<typeof describeRow<Name>> {
  const description = descriptions.get(name) ?? describeRow(name);
  descriptions.set(name, description);
  return description as ReturnType<typeof describeRow<Name>>;
}

/** @throws request.invalidInput */
export function putSetting<Name extends SettingName>(
  writer: StateWriter,
  name: Name,
  value: Setting<Name>,
): void {
  writer.run(
    'INSERT OR REPLACE INTO settings (name, value) VALUES (:name, :value)',
    encodeRow('settings', rowOf(name), { name, value }),
  );
}

/** Undefined when it was never set. @throws state.entryInvalid */
export function getSetting<Name extends SettingName>(
  reader: StateReader,
  name: Name,
): Setting<Name> | undefined {
  const row = reader.first('SELECT name, value FROM settings WHERE name = :name', { name });
  return row && decodeRow('settings', rowOf(name), row).value;
}

/** Of one that comes from elsewhere. @throws ZodError */
export function parseSetting<Name extends SettingName>(name: Name, value: unknown): Setting<Name> {
  return SETTINGS[name].parse(value) as Setting<Name>;
}

/**
 * Shapes of values that many calls share. Each is a zod codec where the wire differs from what the core works with:
 * names of files are bytes inside and, on the wire, text or `{base64}` where they are not UTF-8. All safe for JSON.
 */
import { z } from 'zod';
import { placeOptions } from './place-options.ts';
import type { WireError } from '#base/errors.ts';
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';

export const planId = z.string().min(1).max(200).brand<'PlanId'>();
export type PlanId = z.output<typeof planId>;
export const placeId = z.string().min(1).max(200).brand<'PlaceId'>();
export type PlaceId = z.output<typeof placeId>;
export const jobId = z.string().min(1).max(200).brand<'JobId'>();
export type JobId = z.output<typeof jobId>;
export const snapshotId = z.string().regex(/^[0-9a-f]{64}$/);

/** Milliseconds since 1970. */
export const timeMs = z.number().int();
export const count = z.number().int().min(0);

/** Both moments, so that a clock that was set back ends a pause instead of making it last for years. */
export const pause = z.strictObject({ sinceMs: timeMs, untilMs: timeMs });

const isByteString = (value: unknown): boolean => typeof value === 'string' && /^[\0-\xff]*$/.test(value);

/** As text where it is UTF-8, so that people and other programs can read it, else as `{"base64": ...}`. */
export const bytesInJson = z.codec(
  z.union([z.string(), z.strictObject({ base64: z.base64() })]),
  z.custom<ByteString>(isByteString, 'not a string of bytes'),
  {
    decode: (stored) =>
      bytesToByteString(
        typeof stored === 'string' ? Buffer.from(stored, 'utf8') : Buffer.from(stored.base64, 'base64'),
      ),
    encode: (value) => {
      const bytes = byteStringToBytes(value);
      const text = bytes.toString('utf8');
      return Buffer.from(text, 'utf8').equals(bytes) ? text : { base64: bytes.toString('base64') };
    },
  },
);
/** A path or name on the wire. */
export type WirePath = z.input<typeof bytesInJson>;

/** An error in its wire form; the sentences are in `error-texts.ts`. A code of another release is read like any other. */
export const wireError = z.codec(
  z.strictObject({
    code: z.string(),
    data: z.record(z.string(), z.json()),
    retry: z.enum(['never', 'later', 'afterUser']),
  }),
  z.custom<WireError>((value) => typeof value === 'object' && value !== null && 'code' in value),
  {
    decode: (stored) => stored as unknown as WireError,
    encode: ({ code, data, retry }) => ({
      code,
      data: structuredClone(data) as Record<string, z.core.util.JSONType>,
      retry,
    }),
  },
);

const minute = z.number().int().min(0).max(1439);
const weekdays = z.array(z.literal([1, 2, 3, 4, 5, 6, 7])).optional();
const hours = { fromMinute: minute, toMinute: z.number().int().min(0).max(1440), weekdays };

export const schedule = z.strictObject({
  /** "Never older than". */
  maxAgeMs: z.number().int().positive().optional(),
  fixedTimes: z.array(z.strictObject({ minuteOfDay: minute, weekdays })),
  /** Changes are noticed as they happen. */
  isWatching: z.boolean(),
});

export const conditions = z.strictObject({
  mainsOnly: z.boolean(),
  avoidMetered: z.boolean(),
  quietHours: z.array(z.strictObject(hours)),
  bandwidth: z.array(
    z.strictObject({
      ...hours,
      bytesPerSecond: z.number().int().positive(),
      /** Absent: up, to the place. */
      direction: z.enum(['up', 'down']).optional(),
    }),
  ),
});

export const command = z.strictObject({
  program: bytesInJson,
  arguments: z.array(bytesInJson),
  timeoutMs: z.number().int().positive(),
  /** What becomes of the backup when the command fails. */
  onFailure: z.enum(['stop', 'goOn']),
});
export const commands = z.strictObject({ before: z.array(command), after: z.array(command) });

export const EXCLUSION_PRESETS = ['caches', 'developerLeftovers', 'virtualMachines', 'downloads'] as const;
export type ExclusionPreset = (typeof EXCLUSION_PRESETS)[number];
export const exclusions = z.strictObject({
  presets: z.array(z.enum(EXCLUSION_PRESETS)),
  patterns: z.array(bytesInJson),
});

const span = z.strictObject({
  years: count.optional(),
  months: count.optional(),
  days: count.optional(),
  hours: count.optional(),
});

/** JSON has no Infinity. */
const keepCount = z.codec(
  z.union([count, z.literal('all')]),
  z.custom<number>((value) => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0)),
  {
    decode: (stored) => (stored === 'all' ? Infinity : stored),
    encode: (value) => (value === Infinity ? 'all' : value),
  },
);

export const retention = z.strictObject({
  counts: z.partialRecord(z.enum(['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly']), keepCount),
  within: span.optional(),
  withinUnits: z.partialRecord(z.enum(['hourly', 'daily', 'weekly', 'monthly', 'yearly']), span),
  tagLists: z.array(z.array(z.string())),
});

/** What a person decides about a plan. */
export const planChoices = {
  name: z.string().min(1).max(200),
  isOn: z.boolean(),
  folders: z.array(bytesInJson).min(1),
  exclusions,
  placeIds: z.array(placeId),
  schedule,
  retention,
  conditions,
  commands,
};

export const plan = z.strictObject({
  id: planId,
  ...planChoices,
  pause: pause.nullable(),
  createdAtMs: timeMs,
  changedAtMs: timeMs,
});

export const place = z.strictObject({
  id: placeId,
  name: z.string(),
  kind: z.string(),
  /** As restic writes it, without secrets. */
  location: z.string(),
  /** Set beyond the address; none: empty. */
  options: placeOptions,
  repositoryId: z.string().nullable(),
  addedAtMs: timeMs,
  presence: z.enum(['present', 'absent', 'unknown']),
  /**
   * Where its passphrase is: in the keychain, in memory until the program ends, or nowhere (then it is asked for); unasked:
   * the keychain has not answered yet.
   */
  secret: z.enum(['remembered', 'session', 'missing', 'unasked']),
  isRecoveryProven: z.boolean(),
});

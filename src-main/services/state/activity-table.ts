/**
 * The activity log: what happened, in order, each entry carrying the hash of the one before, so that no entry can be
 * changed, taken out or put in between without every later one giving it away. Cutting off the end leaves a sound
 * chain; that shows against a head that was kept elsewhere (the settings that travel to the places).
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { timeMs } from '#contract/app/values.ts';
import { decodeRow } from './columns.ts';
import type { SqlRow, StateReader, StateWriter } from './state-database.ts';

const activityRow = z.strictObject({
  /** From 1 on, without gaps. */
  number: z.number().int().positive(),
  atMs: timeMs,
  kind: z.string().min(1),
  /** JSON, byte for byte as it was hashed. */
  data: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});

type ActivityRow = z.output<typeof activityRow>;

export interface Activity {
  readonly number: number;
  readonly atMs: number;
  readonly kind: string;
  readonly data: z.core.util.JSONType;
}

/** Number and hash of the last entry. */
export type ActivityHead = Pick<ActivityRow, 'number' | 'hash'>;

/** Before the first entry. */
const NO_HEAD: ActivityHead = { number: 0, hash: '0'.repeat(64) };

/** Entries looked at in one go while verifying. */
const PAGE = 1_000;

/** SHA-256, in hex, of `[previousHash, number, atMs, kind, data]` as JSON in UTF-8. */
function hashOf({ previousHash, number, atMs, kind, data }: Omit<ActivityRow, 'hash'>): string {
  return hash('sha256', JSON.stringify([previousHash, number, atMs, kind, data]));
}

export function appendActivity(writer: StateWriter, entry: Omit<Activity, 'number'>): ActivityHead {
  const head = getActivityHead(writer);
  const row = {
    number: head.number + 1,
    atMs: entry.atMs,
    kind: entry.kind,
    data: JSON.stringify(entry.data),
    previousHash: head.hash,
  };
  const made = { ...row, hash: hashOf(row) };
  writer.run(
    `INSERT INTO activity (number, atMs, kind, data, previousHash, hash)
     VALUES (:number, :atMs, :kind, :data, :previousHash, :hash)`,
    made,
  );
  return { number: made.number, hash: made.hash };
}

export function getActivityHead(reader: StateReader): ActivityHead {
  const row = reader.first('SELECT * FROM activity ORDER BY number DESC LIMIT 1');
  if (row === undefined) return NO_HEAD;
  const { number, hash: last } = decodeRow('activity', activityRow, row);
  return { number, hash: last };
}

/** Newest first. @param before number of the entry to page on from. @throws state.entryInvalid */
export function listActivity(
  reader: StateReader,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Activity[] {
  return reader
    .all('SELECT * FROM activity WHERE number < :before ORDER BY number DESC LIMIT :limit', { before, limit })
    .map(toActivity);
}

function toActivity(row: SqlRow): Activity {
  const { number, atMs, kind, data } = decodeRow('activity', activityRow, row);
  return { number, atMs, kind, data: JSON.parse(data) as Activity['data'] };
}

/** Oldest first. @throws state.entryInvalid */
export function listActivityBetween(
  reader: StateReader,
  fromMs: number,
  toMs: number,
  limit: number,
): Activity[] {
  return reader
    .all('SELECT * FROM activity WHERE atMs >= :fromMs AND atMs <= :toMs ORDER BY number LIMIT :limit', {
      fromMs,
      toMs,
      limit,
    })
    .map(toActivity);
}

export type ActivityVerdict =
  | { readonly kind: 'intact'; readonly head: ActivityHead }
  /** `number`: the first entry that is not as it was written or not where it was; one past the last: the end is cut off. */
  | {
      readonly kind: 'broken';
      readonly number: number;
      readonly reason: 'missing' | 'changed' | 'notLinked';
    };

/** @param known a head of this log that was kept elsewhere: the log must still contain it. */
export function verifyActivity(reader: StateReader, known: ActivityHead = NO_HEAD): ActivityVerdict {
  let head = NO_HEAD;
  for (;;) {
    const rows = reader.all('SELECT * FROM activity WHERE number > :number ORDER BY number LIMIT :limit', {
      number: head.number,
      limit: PAGE,
    });
    for (const row of rows) {
      const reason = whyBroken(row, head);
      if (reason !== undefined) return { kind: 'broken', number: head.number + 1, reason };
      head = { number: Number(row['number']), hash: String(row['hash']) };
      if (head.number === known.number && head.hash !== known.hash)
        return { kind: 'broken', number: head.number, reason: 'changed' };
    }
    if (rows.length < PAGE) break;
  }
  if (head.number < known.number) return { kind: 'broken', number: head.number + 1, reason: 'missing' };
  return { kind: 'intact', head };
}

function whyBroken(row: SqlRow, before: ActivityHead): 'missing' | 'changed' | 'notLinked' | undefined {
  if (row['number'] !== before.number + 1) return 'missing';
  const read = activityRow.safeParse(row);
  if (!read.success || read.data.hash !== hashOf(read.data)) return 'changed';
  return read.data.previousHash === before.hash ? undefined : 'notLinked';
}

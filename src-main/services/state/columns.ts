/**
 * How values stand in columns, both ways by one description: a row is checked when it is read and when it is written,
 * so that what a table hands out is what its type says. Bytes of names stay bytes, in JSON as well.
 */
import { z } from 'zod';
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { SqlRow } from './state-database.ts';

/** 0 or 1 in the column. */
export const flagColumn = z.codec(z.union([z.literal(0), z.literal(1)]), z.boolean(), {
  decode: (stored) => stored === 1,
  encode: (value) => (value ? 1 : 0),
});

const isByteString = (value: unknown): boolean => typeof value === 'string' && /^[\0-\xff]*$/.test(value);

/** In a BLOB. */
export const bytesColumn = z.codec(
  z.instanceof(Uint8Array),
  z.custom<ByteString>(isByteString, 'not a string of bytes'),
  { decode: bytesToByteString, encode: (value) => new Uint8Array(byteStringToBytes(value)) },
);

/** A TEXT column with JSON of this shape. */
export function jsonColumn<Schema extends z.ZodType>(schema: Schema) {
  return z.codec(z.string(), schema, {
    decode: (text, context) => {
      try {
        return JSON.parse(text) as z.input<Schema>;
      } catch {
        context.issues.push({ code: 'custom', message: 'no JSON', input: text });
        return z.NEVER;
      }
    },
    encode: (value) => JSON.stringify(value),
  });
}

/** @throws state.entryInvalid: the row is not what the table's description says */
export function decodeRow<Schema extends z.ZodType>(
  table: string,
  schema: Schema,
  row: SqlRow,
): z.output<Schema> {
  const read = z.safeDecode(schema, row as z.input<Schema>);
  if (read.success) return read.data;
  const id = Object.values(row)[0];
  const entry = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
  throw new TidemarkError(
    'state.entryInvalid',
    { table, entry, reason: reasonOf(read.error) },
    { cause: read.error },
  );
}

/** @throws request.invalidInput: the value would not be read back as it is */
export function encodeRow<Schema extends z.ZodType<unknown, SqlRow>>(
  table: string,
  schema: Schema,
  value: z.output<Schema>,
): SqlRow {
  const made = z.safeEncode(schema, value);
  if (made.success) return made.data;
  throw new TidemarkError(
    'request.invalidInput',
    { what: `an entry for ${table}`, reason: reasonOf(made.error) },
    { cause: made.error },
  );
}

/** Which field and why; no value, it may be private. */
function reasonOf(error: z.ZodError): string {
  const [first] = error.issues;
  return first === undefined ? 'it cannot be read' : `${first.path.join('.')}: ${first.message}`;
}

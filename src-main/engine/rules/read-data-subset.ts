/**
 * Which part of the packs a check reads (`--read-data-subset`). Source: restic's manual, "check".
 * Parses only; choosing packs at random belongs to the check.
 */
import { TidemarkError } from '#base/errors.ts';
import { parseSizeText } from './size-text.ts';

export type ReadDataSubset =
  /** Packs whose first id byte modulo `total` is `part` - 1; `part` counts from 1. */
  | { readonly kind: 'part'; readonly part: number; readonly total: number }
  /** Above 0, at most 100. */
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'size'; readonly sizeBytes: bigint };

/** The first byte of an id has this many values; more parts would leave some empty. */
const MOST_PARTS = 256;

/** `2/5`, `2.5%` or `500M`. @throws request.invalidInput */
export function parseReadDataSubset(text: string): ReadDataSubset {
  if (/^[0-9/]*\/[0-9/]*$/.test(text)) return parsePart(text);
  if (text.endsWith('%')) return parsePercent(text);
  if (/^\d+$/.test(text))
    throw invalidSubset(text, 'write a part such as 1/5, a share such as 10%, or a size such as 500M');
  const sizeBytes = parseSizeText(text);
  if (sizeBytes === 0n) throw invalidSubset(text, 'the size must be above 0');
  return { kind: 'size', sizeBytes };
}

function parsePart(text: string): ReadDataSubset {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const part = Number(match?.[1]);
  const total = Number(match?.[2]);
  if (match === null || part < 1 || part > total) {
    throw invalidSubset(text, 'in n/t both must be whole numbers from 1 on, n not above t, such as 1/5');
  }
  if (total > MOST_PARTS) throw invalidSubset(text, `there can be at most ${MOST_PARTS} parts`);
  return { kind: 'part', part, total };
}

function parsePercent(text: string): ReadDataSubset {
  const number = text.slice(0, -1);
  const percent = /^\+?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(number) ? Number(number) : Number.NaN;
  if (!(percent > 0 && percent <= 100))
    throw invalidSubset(text, 'the share must be above 0% and at most 100%');
  return { kind: 'percent', percent };
}

function invalidSubset(text: string, reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what: `the subset "${text}"`, reason });
}

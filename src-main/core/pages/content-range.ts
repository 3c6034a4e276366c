/**
 * Which part of a file a `Range` header asks for (RFC 9110, section 14). One part at a time: several, and what is no range
 * at all, are refused rather than answered with the whole, because the whole is what nobody wants by mistake. Pure.
 */

/** Where no end is asked for. */
export const OPEN_END = Number.MAX_SAFE_INTEGER;

/** Bytes from `first` up to and with `last`, which may be beyond the end; or the last `count`. */
export type RangeAsk =
  | { readonly kind: 'whole' }
  | { readonly kind: 'from'; readonly first: number; readonly last: number }
  | { readonly kind: 'last'; readonly count: number };

/** `end` is one behind the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** @returns undefined: it is to be refused */
export function readRange(header: string | undefined): RangeAsk | undefined {
  // Units that are not known are no range to us.
  if (header === undefined || !/^\s*bytes\s*=/i.test(header)) return { kind: 'whole' };
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header) ?? [];
  if (first === '') return last === '' ? undefined : { kind: 'last', count: numberOf(last) };
  const ask = { first: numberOf(first), last: last === '' ? OPEN_END : numberOf(last) };
  return ask.first > ask.last ? undefined : { kind: 'from', ...ask };
}

/** @returns undefined: there is nothing there */
export function rangeIn(ask: RangeAsk, sizeBytes: number): ByteRange | undefined {
  switch (ask.kind) {
    case 'whole':
      return { start: 0, end: sizeBytes };
    case 'from':
      return ask.first >= sizeBytes
        ? undefined
        : { start: ask.first, end: Math.min(ask.last + 1, sizeBytes) };
    case 'last':
      return ask.count === 0 || sizeBytes === 0
        ? undefined
        : { start: Math.max(0, sizeBytes - ask.count), end: sizeBytes };
  }
}

/** No file is larger than what a number can hold exactly, so what is asked beyond that lies beyond every end. */
function numberOf(digits: string): number {
  return Math.min(Number(digits), OPEN_END - 1);
}

/** How much unused data a prune leaves in partly used packs (`--max-unused`). Source: restic's manual, "prune". */
import { TidemarkError } from '#base/errors.ts';
import { parseSizeText } from './size-text.ts';

export type UnusedLimit =
  | { readonly kind: 'bytes'; readonly bytes: number }
  /** Of everything that remains, 0 to below 100. */
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'unlimited' };

/** `5%`, `200M`, `0` or `unlimited`. @throws request.invalidInput */
export function parseUnusedLimit(text: string): UnusedLimit {
  if (text === 'unlimited') return { kind: 'unlimited' };
  if (!text.endsWith('%')) return { kind: 'bytes', bytes: Number(parseSizeText(text)) };
  const number = text.slice(0, -1);
  const percent = /^\d+(?:\.\d+)?$/.test(number) ? Number(number) : Number.NaN;
  if (percent >= 0 && percent < 100) return { kind: 'percent', percent };
  throw new TidemarkError('request.invalidInput', {
    what: `the limit "${text}"`,
    reason: 'write a share from 0% to below 100%, a size such as 200M, or "unlimited"',
  });
}

/** Bytes that may stay unused beside `usedBytes`. */
export function toleratedUnusedBytes(limit: UnusedLimit, usedBytes: number): number {
  switch (limit.kind) {
    case 'bytes':
      return limit.bytes;
    case 'percent':
      return (usedBytes * limit.percent) / (100 - limit.percent);
    case 'unlimited':
      return Infinity;
  }
}

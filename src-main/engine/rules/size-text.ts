/**
 * Sizes as people type them: digits and at most one of b, k, m, g, t (either case), in powers of 1024, no fractions.
 * Source: restic's `--exclude-larger-than`.
 */
import { TidemarkError } from '#base/errors.ts';

const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
};

const LARGEST = (1n << 63n) - 1n;

/** Bytes. @throws request.invalidInput */
export function parseSizeText(text: string): bigint {
  const match = /^(\+?\d+)([bkmgt]?)$/i.exec(text);
  if (match === null) throw invalidSize(text, 'write a whole number with one of k, M, G or T, such as 500M');
  const bytes =
    BigInt((match[1] as string).replace('+', '')) * (UNITS[(match[2] as string).toLowerCase()] as bigint);
  if (bytes > LARGEST) throw invalidSize(text, 'it is larger than any file can be');
  return bytes;
}

function invalidSize(text: string, reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what: `the size "${text}"`, reason });
}

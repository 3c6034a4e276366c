import { describe, expect, test } from 'vitest';
import {
  choosePolynomial,
  createChunkerTables,
  isIrreducible,
  multiplyPolynomials,
  polynomialDegree,
  polynomialGcd,
  polynomialRemainder,
} from '#format/polynomial.ts';
import { pseudoRandomBytes } from '#test/support/chunker-vectors.ts';

describe('isIrreducible', () => {
  /** All irreducible polynomials up to degree 8, found by dividing by every smaller polynomial. */
  function hasNoDivisor(polynomial: number): boolean {
    const half = polynomialDegree(BigInt(polynomial)) >> 1;
    for (let divisor = 2; divisor < 1 << (half + 1); divisor++) {
      if (polynomialRemainder(BigInt(polynomial), BigInt(divisor)) === 0n) return false;
    }
    return polynomial > 1;
  }

  test('agrees with trial division for every polynomial up to degree 8', () => {
    for (let polynomial = 0; polynomial < 512; polynomial++) {
      expect([polynomial, isIrreducible(BigInt(polynomial))]).toEqual([polynomial, hasNoDivisor(polynomial)]);
    }
  });

  test.each([0x3da3358b4dc173n, 0x20d6de40ae4dfdn])('polynomial of a repository: %s', (polynomial) => {
    expect(isIrreducible(polynomial)).toBe(true);
  });

  test('a product of two irreducible polynomials is not', () => {
    const big = 1n << 200n;
    expect(isIrreducible(multiplyPolynomials(0x3da3358b4dc173n, 0b111n, big))).toBe(false);
    expect(isIrreducible(multiplyPolynomials(0b1011n, 0b1011n, big))).toBe(false);
  });
});

test('choosePolynomial gives an irreducible polynomial of degree 53 from little-endian bytes', () => {
  const drawn: Uint8Array[] = [];
  let draws = 0;
  const chosen = choosePolynomial((length) => {
    const bytes = pseudoRandomBytes(`draw ${draws++}`, length);
    drawn.push(bytes);
    return bytes;
  });
  expect(polynomialDegree(chosen)).toBe(53);
  expect(isIrreducible(chosen)).toBe(true);
  const last = Buffer.from(drawn.at(-1) as Uint8Array).readBigUInt64LE();
  expect(chosen).toBe((last & ((1n << 54n) - 1n)) | (1n << 53n) | 1n);
});

test('choosePolynomial gives up on broken randomness', () => {
  expect(() => choosePolynomial((length) => new Uint8Array(length))).toThrow(/irreducible/);
});

test('gcd and remainder', () => {
  const product = multiplyPolynomials(0b1011n, 0b111n, 1n << 20n);
  expect(polynomialGcd(product, multiplyPolynomials(0b1011n, 0b1101n, 1n << 20n))).toBe(0b1011n);
  expect(polynomialRemainder(product, 0b111n)).toBe(0n);
  expect(() => polynomialRemainder(1n, 0n)).toThrow(RangeError);
});

test('tables need degree 53', () => {
  expect(() => createChunkerTables(0b111n)).toThrow(RangeError);
});

/**
 * Polynomials over GF(2) as bigints: bit i is the coefficient of x^i, addition is XOR. Owns the choice and the
 * check of a repository's chunker polynomial and the two tables the chunker slides its window with.
 * Does not own the chunker itself. Slow on purpose: a repository is made once and opened seldom.
 * Source: repository format, 12.1 to 12.3.
 */

export const POLYNOMIAL_DEGREE = 53;

/** Bytes in the chunker's sliding window. */
export const CHUNKER_WINDOW_BYTES = 64;

const TOP_BIT = 1n << BigInt(POLYNOMIAL_DEGREE);
const CANDIDATE_MASK = (1n << BigInt(POLYNOMIAL_DEGREE + 1)) - 1n;

/** Degree of a polynomial; -1 for zero. */
export function polynomialDegree(polynomial: bigint): number {
  return polynomial === 0n ? -1 : polynomial.toString(2).length - 1;
}

/** Remainder of the division by `divisor`, which must not be zero. */
export function polynomialRemainder(dividend: bigint, divisor: bigint): bigint {
  const divisorDegree = polynomialDegree(divisor);
  if (divisorDegree < 0) throw new RangeError('division by the zero polynomial');
  let rest = dividend;
  for (let degree = polynomialDegree(rest); degree >= divisorDegree; degree = polynomialDegree(rest)) {
    rest ^= divisor << BigInt(degree - divisorDegree);
  }
  return rest;
}

/** a times b modulo `modulus`. */
export function multiplyPolynomials(a: bigint, b: bigint, modulus: bigint): bigint {
  let product = 0n;
  let shifted = a;
  for (let rest = b; rest !== 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) product ^= shifted;
    shifted <<= 1n;
  }
  return polynomialRemainder(product, modulus);
}

export function polynomialGcd(a: bigint, b: bigint): bigint {
  let high = a;
  let low = b;
  while (low !== 0n) [high, low] = [low, polynomialRemainder(high, low)];
  return high;
}

/** Ben-Or's test. Constants and zero are not irreducible. */
export function isIrreducible(polynomial: bigint): boolean {
  const degree = polynomialDegree(polynomial);
  if (degree < 1) return false;
  const x = 2n;
  let power = polynomialRemainder(x, polynomial);
  for (let round = 1; round <= degree >> 1; round++) {
    power = multiplyPolynomials(power, power, polynomial);
    if (polynomialGcd(polynomial, power ^ x) !== 1n) return false;
  }
  return true;
}

/**
 * A random irreducible polynomial of degree 53. Takes 8 random bytes per candidate; about 1 in 27 passes.
 * @throws Error when the source of randomness is broken (no hit in 10 000 candidates).
 */
export function choosePolynomial(randomBytes: (length: number) => Uint8Array): bigint {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const bytes = randomBytes(8);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
    const candidate = (value & CANDIDATE_MASK) | TOP_BIT | 1n;
    if (isIrreducible(candidate)) return candidate;
  }
  throw new Error('no irreducible polynomial among 10000 random candidates');
}

/** 53-bit digests and 61-bit table values as high and low 32-bit halves, 256 entries each. */
export interface ChunkerTables {
  /** Effect of the oldest byte of the window on the digest. */
  readonly outHi: Uint32Array;
  readonly outLo: Uint32Array;
  /** Reduction of the eight bits that a shift pushes beyond the degree, with those bits themselves to cancel them. */
  readonly modHi: Uint32Array;
  readonly modLo: Uint32Array;
}

/** @throws RangeError when the polynomial does not have degree 53. */
export function createChunkerTables(polynomial: bigint): ChunkerTables {
  if (polynomialDegree(polynomial) !== POLYNOMIAL_DEGREE) {
    throw new RangeError(`chunker polynomial must have degree ${POLYNOMIAL_DEGREE}`);
  }
  const tables = {
    outHi: new Uint32Array(256),
    outLo: new Uint32Array(256),
    modHi: new Uint32Array(256),
    modLo: new Uint32Array(256),
  };
  for (let byte = 0; byte < 256; byte++) {
    let out = appendByte(0n, byte, polynomial);
    for (let i = 1; i < CHUNKER_WINDOW_BYTES; i++) out = appendByte(out, 0, polynomial);
    tables.outHi[byte] = Number(out >> 32n);
    tables.outLo[byte] = Number(out & 0xffffffffn);
    const overflow = BigInt(byte) << BigInt(POLYNOMIAL_DEGREE);
    const mod = polynomialRemainder(overflow, polynomial) | overflow;
    tables.modHi[byte] = Number(mod >> 32n);
    tables.modLo[byte] = Number(mod & 0xffffffffn);
  }
  return tables;
}

function appendByte(digest: bigint, byte: number, polynomial: bigint): bigint {
  return polynomialRemainder((digest << 8n) | BigInt(byte), polynomial);
}

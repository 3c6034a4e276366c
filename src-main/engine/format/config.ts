/**
 * The config of a repository as JSON: version, id and chunker polynomial. It is sealed but never compressed, because
 * the version is not known before it is read.
 * Invariant: a config that parses has a version this program knows and a polynomial it can cut with.
 * Source: repository format, section 5.
 */
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { FormatError } from '#format/format-error.ts';
import { JsonFields, required } from '#format/json-fields.ts';
import { isIrreducible, POLYNOMIAL_DEGREE, polynomialDegree } from '#format/polynomial.ts';

export type RepositoryVersion = 1 | 2;

export interface RepositoryConfig {
  readonly version: RepositoryVersion;
  /** 64 hex digits, random. */
  readonly id: string;
  readonly chunkerPolynomial: bigint;
}

/** The version is a number, but not one this program knows. */
export class UnsupportedVersion extends FormatError {
  override readonly name = 'UnsupportedVersion';
  readonly version: number;

  constructor(version: number) {
    super(`repository version ${version} is not supported`);
    this.version = version;
  }
}

const FIELDS = new Set(['version', 'id', 'chunker_polynomial']);

/** @throws UnsupportedVersion, FormatError */
export function parseConfig(plain: Uint8Array): RepositoryConfig {
  const fields = new JsonFields(bytesToByteString(plain), FIELDS);
  const version = required(fields.number('version'), 'version');
  if (version !== 1 && version !== 2) throw new UnsupportedVersion(version);
  const hex = required(fields.text('chunker_polynomial'), 'chunker_polynomial');
  if (!/^[0-9a-fA-F]{1,16}$/.test(hex)) throw new FormatError('chunker polynomial is not a number');
  const chunkerPolynomial = BigInt(`0x${hex}`);
  checkPolynomial(chunkerPolynomial);
  return { version, id: required(fields.id<string>('id'), 'id'), chunkerPolynomial };
}

/** @throws FormatError when the polynomial must not be used. */
export function encodeConfig(config: RepositoryConfig): Uint8Array {
  checkPolynomial(config.chunkerPolynomial);
  const polynomial = config.chunkerPolynomial.toString(16);
  const json = `{"version":${config.version},"id":"${config.id}","chunker_polynomial":"${polynomial}"}`;
  return byteStringToBytes(json as ByteString);
}

function checkPolynomial(polynomial: bigint): void {
  if (polynomialDegree(polynomial) !== POLYNOMIAL_DEGREE || !isIrreducible(polynomial)) {
    throw new FormatError('chunker polynomial is not irreducible of degree 53');
  }
}

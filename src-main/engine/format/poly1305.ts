/**
 * Poly1305 (RFC 8439) straight from its definition, in bigint arithmetic. It is the reference the fast kernel is
 * compared with, not the code that reads repositories: it is slow and its time depends on the data.
 * Source: RFC 8439, 2.5; repository format, 3.2.
 */

const PRIME = (1n << 130n) - 5n;
const R_CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;
const TAG_MASK = (1n << 128n) - 1n;

/** The 16-byte tag of `message` under the 32-byte one-time key `r || s`; clamps r itself. */
export function poly1305(oneTimeKey: Uint8Array, message: Uint8Array): Uint8Array {
  if (oneTimeKey.length !== 32) throw new RangeError('Poly1305 key must be 32 bytes');
  const r = readBlock(oneTimeKey, 0, 16) & R_CLAMP;
  const s = readBlock(oneTimeKey, 16, 16);
  let accumulator = 0n;
  for (let offset = 0; offset < message.length; offset += 16) {
    const length = Math.min(16, message.length - offset);
    const block = readBlock(message, offset, length) | (1n << BigInt(8 * length));
    accumulator = ((accumulator + block) * r) % PRIME;
  }
  return writeBlock((accumulator + s) & TAG_MASK);
}

/** Little-endian integer of `length` bytes, at most 16. */
function readBlock(bytes: Uint8Array, offset: number, length: number): bigint {
  if (length === 16) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 16);
    return view.getBigUint64(0, true) | (view.getBigUint64(8, true) << 64n);
  }
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[offset + i] as number);
  return value;
}

function writeBlock(value: bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, value & 0xffff_ffff_ffff_ffffn, true);
  view.setBigUint64(8, value >> 64n, true);
  return bytes;
}

/**
 * The parts of AES-CTR around the block cipher, which the host has natively as AES-ECB: counter blocks and XOR.
 * Source: format reference 3.1 (the whole 16-byte block is one big-endian counter).
 */

/** Writes `count` counter blocks to `out`: the block at `nonce`, plus 1, plus 2, … modulo 2^128. */
export function counterBlocks(out: usize, nonce: usize, count: usize): void {
  // Little-endian lanes: 0 the low half, 1 the high half.
  let counter = reverse(v128.load(nonce));
  const end = out + (count << 4);
  if (v128.extract_lane<u64>(counter, 0) + (count as u64) >= (count as u64)) {
    const one = i64x2(1, 0);
    for (; out < end; out += 16) {
      v128.store(out, reverse(counter));
      counter = v128.add<u64>(counter, one);
    }
    return;
  }
  // The low half runs over on the way.
  for (; out < end; out += 16) {
    v128.store(out, reverse(counter));
    const low = v128.extract_lane<u64>(counter, 0) + 1;
    counter = v128.add<u64>(counter, low ? i64x2(1, 0) : i64x2(1, 1));
  }
}

function reverse(block: v128): v128 {
  return v128.shuffle<u8>(block, block, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/** out = a ^ b, `length` bytes. `out` may be `a` or `b`. */
export function xor(out: usize, a: usize, b: usize, length: usize): void {
  const whole = out + (length & ~15);
  const end = out + length;
  while (out < whole) {
    v128.store(out, v128.xor(v128.load(a), v128.load(b)));
    out += 16;
    a += 16;
    b += 16;
  }
  while (out < end) store<u8>(out++, load<u8>(a++) ^ load<u8>(b++));
}

/**
 * The parts of AES-CTR around the block cipher, which the host has natively as AES-ECB: counter blocks and XOR.
 * Source: format reference 3.1 (the whole 16-byte block is one big-endian counter).
 */

/** Writes `count` counter blocks to `out`: the block at `nonce` plus `first`, plus first + 1, … modulo 2^128. */
export function counterBlocks(out: usize, nonce: usize, first: u64, count: usize): void {
  let low = bswap(load<u64>(nonce, 8));
  let high = bswap(load<u64>(nonce));
  low += first;
  if (low < first) high++;
  const end = out + (count << 4);
  for (; out < end; out += 16) {
    store<u64>(out, bswap(high));
    store<u64>(out, bswap(low), 8);
    low++;
    if (!low) high++;
  }
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

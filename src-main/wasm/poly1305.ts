/**
 * Poly1305 (RFC 8439) in pieces: begin, update any number of times, finish. One state per instance.
 *
 * The accumulator has four limbs of 32 bits and a fifth of a few bits; r is clamped, so its limbs stay below 2^28 and
 * four products of 32 by 32 bits add up without overflow in 64 bits. Products above 2^130 are folded at once through
 * (r >> 2) * 5, which clamping makes exact for limbs 1 to 3.
 */

const BLOCK: usize = 16;

/** 16 bytes of a block that is not yet complete. */
const pending: usize = memory.data(16, 16);
let pendingLength: usize = 0;

let r0: u64 = 0;
let r1: u64 = 0;
let r2: u64 = 0;
let r3: u64 = 0;
let s0: u64 = 0;
let s1: u64 = 0;
let s2: u64 = 0;
let s3: u64 = 0;
let h0: u64 = 0;
let h1: u64 = 0;
let h2: u64 = 0;
let h3: u64 = 0;
let h4: u64 = 0;

/** Starts a message under the 32-byte one-time key r || s at `key`. Clamps r. */
export function polyBegin(key: usize): void {
  r0 = (<u64>load<u32>(key)) & 0x0fffffff;
  r1 = (<u64>load<u32>(key, 4)) & 0x0ffffffc;
  r2 = (<u64>load<u32>(key, 8)) & 0x0ffffffc;
  r3 = (<u64>load<u32>(key, 12)) & 0x0ffffffc;
  s0 = load<u32>(key, 16);
  s1 = load<u32>(key, 20);
  s2 = load<u32>(key, 24);
  s3 = load<u32>(key, 28);
  h0 = h1 = h2 = h3 = h4 = 0;
  pendingLength = 0;
}

export function polyUpdate(at: usize, length: usize): void {
  if (pendingLength) {
    const take = min(BLOCK - pendingLength, length);
    memory.copy(pending + pendingLength, at, take);
    pendingLength += take;
    at += take;
    length -= take;
    if (pendingLength < BLOCK) return;
    blocks(pending, pending + BLOCK, 1);
    pendingLength = 0;
  }
  const whole = length & ~(BLOCK - 1);
  blocks(at, at + whole, 1);
  pendingLength = length - whole;
  if (pendingLength) memory.copy(pending, at + whole, pendingLength);
}

/** Writes the 16-byte tag to `out`. */
export function polyFinish(out: usize): void {
  if (pendingLength) {
    memory.fill(pending + pendingLength, 0, BLOCK - pendingLength);
    store<u8>(pending + pendingLength, 1);
    blocks(pending, pending + BLOCK, 0);
    pendingLength = 0;
  }
  // h + 5 reaches 2^130 exactly when h >= p; then the tag needs h - p, whose low 128 bits are those of h + 5.
  let carry = (h0 + 5) >> 32;
  carry = (h1 + carry) >> 32;
  carry = (h2 + carry) >> 32;
  carry = (h3 + carry) >> 32;
  const overflow = ((h4 + carry) >> 2) * 5;
  let sum = h0 + s0 + overflow;
  store<u32>(out, sum as u32);
  sum = h1 + s1 + (sum >> 32);
  store<u32>(out, sum as u32, 4);
  sum = h2 + s2 + (sum >> 32);
  store<u32>(out, sum as u32, 8);
  sum = h3 + s3 + (sum >> 32);
  store<u32>(out, sum as u32, 12);
}

/** Absorbs whole blocks; `top` is the bit above each block, 0 only for a padded last one. */
function blocks(at: usize, end: usize, top: u64): void {
  const a0 = r0;
  const a1 = r1;
  const a2 = r2;
  const a3 = r3;
  const f0 = (a0 >> 2) * 5;
  const f1 = (a1 >> 2) + a1;
  const f2 = (a2 >> 2) + a2;
  const f3 = (a3 >> 2) + a3;
  const low = a0 & 3;
  let t0 = h0;
  let t1 = h1;
  let t2 = h2;
  let t3 = h3;
  let t4 = h4;
  for (; at < end; at += BLOCK) {
    t0 += load<u32>(at);
    t1 += load<u32>(at, 4);
    t2 += load<u32>(at, 8);
    t3 += load<u32>(at, 12);
    t4 += top;
    const x0 = t0 * a0 + t1 * f3 + t2 * f2 + t3 * f1 + t4 * f0;
    const x1 = t0 * a1 + t1 * a0 + t2 * f3 + t3 * f2 + t4 * f1;
    const x2 = t0 * a2 + t1 * a1 + t2 * a0 + t3 * f3 + t4 * f2;
    const x3 = t0 * a3 + t1 * a2 + t2 * a1 + t3 * a0 + t4 * f3;
    const u5 = t4 * low + (x3 >> 32);
    const u0 = (u5 >> 2) * 5 + (x0 & 0xffffffff);
    const u1 = (u0 >> 32) + (x1 & 0xffffffff) + (x0 >> 32);
    const u2 = (u1 >> 32) + (x2 & 0xffffffff) + (x1 >> 32);
    const u3 = (u2 >> 32) + (x3 & 0xffffffff) + (x2 >> 32);
    t0 = u0 & 0xffffffff;
    t1 = u1 & 0xffffffff;
    t2 = u2 & 0xffffffff;
    t3 = u3 & 0xffffffff;
    t4 = (u3 >> 32) + (u5 & 3);
  }
  h0 = t0;
  h1 = t1;
  h2 = t2;
  h3 = t3;
  h4 = t4;
}

/**
 * Poly1305 (RFC 8439) in pieces: begin, update any number of times, finish. One state per instance.
 *
 * The accumulator has four limbs of weight 2^32 and a fifth of three bits. Limbs are not carried to the end between
 * blocks, which would be one long chain of waiting; each only hands its upper half to the next. Bounds: after a block a
 * limb is below 2^33, with the next block added below 1.5 * 2^33; r is clamped, so its limbs are below 2^28 and the factors
 * f below 1.25 * 2^28; a sum of products stays below 4.75 * 1.5 * 2^61 + 2^34 < 2^64.
 * Products above 2^130 are folded at once through f = r + (r >> 2) = (r >> 2) * 5, exact by clamping for limbs 1 to 3.
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
  // By the bounds above h < 2p even with limbs above 32 bits. h + 5 reaches 2^130 exactly when h >= p; then the tag needs
  // h - p, whose low 128 bits are those of h + 5.
  let over = (h0 + 5) >> 32;
  over = (h1 + over) >> 32;
  over = (h2 + over) >> 32;
  over = (h3 + over) >> 32;
  over = ((h4 + over) >> 2) * 5;
  let sum = h0 + s0 + over;
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
    // t0 comes last out of the block before, so it goes last into the sums.
    const x0 = t1 * f3 + t2 * f2 + (t3 * f1 + t4 * f0) + t0 * a0;
    const x1 = t1 * a0 + t2 * f3 + (t3 * f2 + t4 * f1) + t0 * a1;
    const x2 = t1 * a1 + t2 * a0 + (t3 * f3 + t4 * f2) + t0 * a2;
    const x3 = t1 * a2 + t2 * a1 + (t3 * a0 + t4 * f3) + t0 * a3;
    const x4 = t4 * low + (x3 >> 32);
    t0 = (x0 & 0xffffffff) + (x4 >> 2) * 5;
    t1 = (x1 & 0xffffffff) + (x0 >> 32);
    t2 = (x2 & 0xffffffff) + (x1 >> 32);
    t3 = (x3 & 0xffffffff) + (x2 >> 32);
    t4 = x4 & 3;
  }
  h0 = t0;
  h1 = t1;
  h2 = t2;
  h3 = t3;
  h4 = t4;
}

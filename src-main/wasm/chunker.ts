/**
 * Rabin fingerprint over a 64-byte window: finds positions where the low 20 bits of the digest are zero.
 * Knows nothing of chunk sizes: the rule of minimum and maximum is applied by the host (primitives/chunk-cutter.ts).
 *
 * The digest of a position depends on its 64 preceding bytes only, so several stretches of one buffer are rolled side by
 * side: one alone waits for its own table look-up at every byte.
 *
 * With D(p) the digest after byte p-1:  D(p+1) = append(D(p), b[p]) ^ leave[b[p-64]], where leave[o] is o * x^512 mod P:
 * the effect of a byte that has been in the window for 64 steps and is pushed out by this one. (The format's text removes
 * the byte first and then appends; both are the same by linearity, this one keeps a look-up off the critical path.)
 * Source: format reference 12.3, 12.4.
 */

const DEGREE = 53;
const SHIFT: u64 = DEGREE - 8;
const WINDOW: usize = 64;
const CUT_MASK: u32 = (1 << 20) - 1;
/** Bytes of one stretch: small enough that little is scanned past a cut, large against the warm-up of 64 bytes. */
const STRETCH: usize = 4096;
const STREAMS: usize = 4;

const mod: usize = memory.data(256 * 8, 64);
const leave: usize = memory.data(256 * 8, 64);

function reduce(high: u64, polynomial: u64): u64 {
  for (let bit: i32 = 63; bit >= DEGREE; bit--) {
    if ((high >> (bit as u64)) & 1) high ^= polynomial << ((bit - DEGREE) as u64);
  }
  return high;
}

/** Fills the tables for a polynomial of degree 53. They serve every later `scan`. */
export function setPolynomial(polynomial: u64): void {
  for (let b: u64 = 0; b < 256; b++) {
    const top = b << DEGREE;
    store<u64>(mod + ((b as usize) << 3), reduce(top, polynomial) | top);
    let digest = b;
    for (let i: usize = 0; i < WINDOW; i++) digest = reduce(digest << 8, polynomial);
    store<u64>(leave + ((b as usize) << 3), digest);
  }
}

function append(digest: u64, byte: u64): u64 {
  // The index is (digest >> 45) * 8, bytes into a table of u64.
  return ((digest << 8) | byte) ^ load<u64>((digest >> (SHIFT - 3)) as usize & 0x7f8, mod);
}

function slide(digest: u64, entering: u64, leaving: usize): u64 {
  return append(digest, entering) ^ load<u64>(leaving << 3, leave);
}

function isCut(digest: u64): bool {
  return !((digest as u32) & CUT_MASK);
}

/** Digest of the 64 bytes before `at`. */
function digestBefore(at: usize): u64 {
  let digest: u64 = 0;
  for (let p = at - WINDOW; p < at; p++) digest = append(digest, load<u8>(p));
  return digest;
}

/**
 * The first address p in (from, to] where the 64 bytes before p have a digest with 20 low zero bits; 0 when there is none.
 * Bytes from-63 … to-1 are read, `from` must be at least 64.
 */
export function scan(from: usize, to: usize): usize {
  while (to - from >= STRETCH * STREAMS) {
    const found = scanBlock(from);
    if (found) return found;
    from += STRETCH * STREAMS;
  }
  return from < to ? scanOne(from, to) : 0;
}

function scanOne(from: usize, to: usize): usize {
  let digest = digestBefore(from);
  for (let p = from; p < to; p++) {
    digest = slide(digest, load<u8>(p), load<u8>(p - WINDOW));
    if (isCut(digest)) return p + 1;
  }
  return 0;
}

/** Four stretches at once, one after another in memory. Addresses are the window's oldest byte plus a constant. */
function scanBlock(from: usize): usize {
  let d0 = digestBefore(from);
  let d1 = digestBefore(from + STRETCH);
  let d2 = digestBefore(from + 2 * STRETCH);
  let d3 = digestBefore(from + 3 * STRETCH);
  // A hit in the first stretch is the answer; one in a later stretch counts when no earlier stretch has any.
  let h1: usize = 0;
  let h2: usize = 0;
  let h3: usize = 0;
  const end = from + STRETCH - WINDOW;
  for (let p = from - WINDOW; p < end; p++) {
    d0 = slide(d0, load<u8>(p, WINDOW), load<u8>(p));
    d1 = slide(d1, load<u8>(p, WINDOW + STRETCH), load<u8>(p, STRETCH));
    d2 = slide(d2, load<u8>(p, WINDOW + 2 * STRETCH), load<u8>(p, 2 * STRETCH));
    d3 = slide(d3, load<u8>(p, WINDOW + 3 * STRETCH), load<u8>(p, 3 * STRETCH));
    if (isCut(d0)) return p + (WINDOW + 1);
    if (isCut(d1) && !h1) h1 = p + (WINDOW + STRETCH + 1);
    if (isCut(d2) && !h2) h2 = p + (WINDOW + 2 * STRETCH + 1);
    if (isCut(d3) && !h3) h3 = p + (WINDOW + 3 * STRETCH + 1);
  }
  return h1 ? h1 : h2 ? h2 : h3;
}

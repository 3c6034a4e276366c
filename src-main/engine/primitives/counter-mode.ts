/**
 * AES-256-CTR under one key for many short texts, written where the caller wants them.
 * Node's cipher objects cost 25 us to make, cannot be given a new nonce, and put each result into a buffer of its own,
 * which the collector has to find again: a tenth of a first backup's time. So the program's own OpenSSL is called where it
 * is exported (Node on Linux and macOS); elsewhere (Electron) one AES-ECB object encrypts counter blocks and the kernel
 * does the XOR. Source: repository format, 3.1.
 */
import { createCipheriv } from 'node:crypto';
import type { Kernels } from '#primitives/kernels.ts';
import { createProgramCipher } from '#primitives/program-openssl.ts';

export interface CounterMode {
  readonly source: 'program' | 'node';
  /** Encrypts (which is decrypting too) `input` into the first bytes of `output`. Both may be the same memory. */
  apply(nonce: Uint8Array, input: Uint8Array, output: Uint8Array): void;
}

/** One per thread and key; not re-entrant. `only` is for tests. */
export function createCounterMode(
  key: Uint8Array,
  kernels: Kernels,
  only?: CounterMode['source'],
): CounterMode {
  const native = only === 'node' ? undefined : createProgramMode(key);
  if (only === 'program' && native === undefined) throw new Error('the program exports no AES');
  return native ?? createNodeMode(key, kernels);
}

function createProgramMode(key: Uint8Array): CounterMode | undefined {
  const cipher = createProgramCipher('aes_256_ctr', key);
  if (cipher === undefined) return undefined;
  const mode: CounterMode = {
    source: 'program',
    apply: (nonce, input, output) => {
      cipher.begin(nonce);
      cipher.update(input, output);
    },
  };
  return isRight(mode, key) ? mode : undefined;
}

/** Proves a foreign function against Node's own before anything is trusted to it. */
function isRight(mode: CounterMode, key: Uint8Array): boolean {
  const nonce = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
  const text = Uint8Array.from({ length: 83 }, (_, i) => i);
  const result = new Uint8Array(text.length);
  mode.apply(nonce, text, result);
  return createCipheriv('aes-256-ctr', key, nonce).update(text).equals(result);
}

/** Texts up to this length take the ECB way; longer ones a CTR cipher of their own, fed in pieces of this length. */
const STAGE_BYTES = 65_536;

function createNodeMode(key: Uint8Array, kernels: Kernels): CounterMode {
  const blockCipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const nonceAt = kernels.allocate(16);
  const keyStream = kernels.allocate(STAGE_BYTES);
  const text = kernels.allocate(STAGE_BYTES);

  function applyShort(nonce: Uint8Array, input: Uint8Array, output: Uint8Array): void {
    const blocks = (input.length + 15) >>> 4;
    nonceAt.bytes().set(nonce);
    kernels.counterBlocks(keyStream.pointer, nonceAt.pointer, blocks);
    const stream = keyStream.bytes();
    stream.set(blockCipher.update(stream.subarray(0, blocks << 4)));
    text.bytes().set(input);
    kernels.xor(text.pointer, text.pointer, keyStream.pointer, input.length);
    output.set(text.bytes().subarray(0, input.length));
  }

  function applyLong(nonce: Uint8Array, input: Uint8Array, output: Uint8Array): void {
    const cipher = createCipheriv('aes-256-ctr', key, nonce);
    for (let from = 0; from < input.length; from += STAGE_BYTES) {
      output.set(cipher.update(input.subarray(from, from + STAGE_BYTES)), from);
    }
  }

  return {
    source: 'node',
    apply: (nonce, input, output) => {
      if (input.length <= STAGE_BYTES) applyShort(nonce, input, output);
      else applyLong(nonce, input, output);
    },
  };
}

/**
 * OpenSSL inside the running program, called where its functions are exported (Node on Linux and macOS; not Electron):
 * ciphers and Poly1305 with contexts that live as long as their owner and that write where the caller wants. A call takes
 * a third of a microsecond; Node's own objects take two to twenty-five, and a buffer for each result.
 * These are foreign functions: whoever uses one proves it against another implementation first.
 */
import koffi from 'koffi';

/** An address in the program's memory; 0 is none. */
type Address = number;

export interface ProgramCipher {
  /** Starts a new text. */
  begin(nonce: Uint8Array): void;
  /** Encrypts `input` into the first bytes of `output`; both may be the same memory. */
  update(input: Uint8Array, output: Uint8Array): void;
}

/** Writes the 16-byte tag of `text` under the 32-byte one-time key r || s to `tag`. */
export type ProgramPoly1305 = (key: Uint8Array, text: Uint8Array, tag: Uint8Array) => void;

interface CipherFunctions {
  newContext(): Address;
  freeContext(context: Address): void;
  mode(): Address;
  init(
    context: Address,
    mode: Address,
    engine: Address,
    key: Uint8Array | null,
    nonce: Uint8Array | null,
  ): number;
  update(context: Address, out: Uint8Array, outLength: Int32Array, input: Uint8Array, length: number): number;
  setPadding(context: Address, isOn: number): number;
}

interface MacFunctions {
  fetch(library: Address, name: string, properties: Address): Address;
  newContext(mac: Address): Address;
  freeContext(context: Address): void;
  init(context: Address, key: Uint8Array, length: number, parameters: Address): number;
  update(context: Address, text: Uint8Array, length: number): number;
  finish(context: Address, tag: Uint8Array, written: BigUint64Array, room: number): number;
}

/** Contexts are memory of the library, which the collector does not see: they are freed with their owner. */
const orphans = new FinalizationRegistry<() => void>((free) => free());

/** Undefined when the program does not export it. No padding: a block mode takes whole blocks only. */
export function createProgramCipher(
  mode: 'aes_256_ctr' | 'aes_128_ecb',
  key: Uint8Array,
): ProgramCipher | undefined {
  const openssl = bind<CipherFunctions>({
    newContext: 'uintptr_t EVP_CIPHER_CTX_new()',
    freeContext: 'void EVP_CIPHER_CTX_free(uintptr_t context)',
    mode: `uintptr_t EVP_${mode}()`,
    init: 'int EVP_EncryptInit_ex(uintptr_t context, uintptr_t mode, uintptr_t engine, const void *key, const void *nonce)',
    update:
      'int EVP_EncryptUpdate(uintptr_t context, void *out, void *outLength, const void *in, int length)',
    setPadding: 'int EVP_CIPHER_CTX_set_padding(uintptr_t context, int isOn)',
  });
  const context = openssl?.newContext() ?? 0;
  if (openssl === undefined || context === 0) return undefined;
  const written = new Int32Array(1);
  const cipher: ProgramCipher = {
    begin: (nonce) => {
      if (openssl.init(context, 0, 0, null, nonce) !== 1) throw new Error('AES failed');
    },
    update: (input, output) => {
      if (output.length < input.length) throw new RangeError('no room for the text');
      const isDone = openssl.update(context, output, written, input, input.length) === 1;
      if (!isDone || written[0] !== input.length) throw new Error('AES failed');
    },
  };
  orphans.register(cipher, () => openssl.freeContext(context));
  const isReady =
    openssl.init(context, openssl.mode(), 0, key, new Uint8Array(16)) === 1 &&
    openssl.setPadding(context, 0) === 1;
  return isReady ? cipher : undefined;
}

/** Undefined when the program does not export it. */
export function createProgramPoly1305(): ProgramPoly1305 | undefined {
  const openssl = bind<MacFunctions>({
    fetch: 'uintptr_t EVP_MAC_fetch(uintptr_t library, const char *name, uintptr_t properties)',
    newContext: 'uintptr_t EVP_MAC_CTX_new(uintptr_t mac)',
    freeContext: 'void EVP_MAC_CTX_free(uintptr_t context)',
    init: 'int EVP_MAC_init(uintptr_t context, const void *key, size_t length, uintptr_t parameters)',
    update: 'int EVP_MAC_update(uintptr_t context, const void *text, size_t length)',
    finish: 'int EVP_MAC_final(uintptr_t context, void *tag, void *written, size_t room)',
  });
  const mac = openssl?.fetch(0, 'POLY1305', 0) ?? 0;
  const context = openssl === undefined || mac === 0 ? 0 : openssl.newContext(mac);
  if (openssl === undefined || context === 0) return undefined;
  const written = new BigUint64Array(1);
  const poly1305: ProgramPoly1305 = (key, text, tag) => {
    const isDone =
      openssl.init(context, key, key.length, 0) === 1 &&
      openssl.update(context, text, text.length) === 1 &&
      openssl.finish(context, tag, written, tag.length) === 1;
    if (!isDone) throw new Error('Poly1305 failed');
  };
  orphans.register(poly1305, () => openssl.freeContext(context));
  return poly1305;
}

function bind<Functions>(prototypes: Record<keyof Functions & string, string>): Functions | undefined {
  try {
    const program = koffi.load(null);
    const bound = Object.entries<string>(prototypes).map(([name, prototype]) => [
      name,
      program.func(prototype) as unknown,
    ]);
    return Object.fromEntries(bound) as Functions;
  } catch {
    return undefined;
  }
}

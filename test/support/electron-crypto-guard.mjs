/**
 * Makes Node's crypto refuse what the Node inside Electron does not have: Electron is built on BoringSSL, Node on
 * OpenSSL, so code that works here could fail in the product. Loaded by `--import` before anything else (see
 * vitest.config.ts); worker threads inherit it. What is not listed is refused, so an unlisted algorithm shows up
 * here first; add it only after checking that BoringSSL has it.
 * A test that needs OpenSSL itself as its oracle takes it from test/support/openssl-oracle.ts.
 * Not covered: WebCrypto, signatures and key generation, which nothing here uses.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const CIPHERS = new Set(
  ['aes-128', 'aes-256'].flatMap((cipher) => ['ctr', 'ecb', 'gcm', 'cbc'].map((mode) => `${cipher}-${mode}`)),
);
const DIGESTS = new Set(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-256']);

/** Name of the function -> which argument names the algorithm, and which are allowed. */
const GUARDED = {
  createCipheriv: { argument: 0, allowed: CIPHERS },
  createDecipheriv: { argument: 0, allowed: CIPHERS },
  createHash: { argument: 0, allowed: DIGESTS },
  createHmac: { argument: 0, allowed: DIGESTS },
  hash: { argument: 0, allowed: DIGESTS },
  pbkdf2: { argument: 4, allowed: DIGESTS },
  pbkdf2Sync: { argument: 4, allowed: DIGESTS },
  hkdf: { argument: 0, allowed: DIGESTS },
  hkdfSync: { argument: 0, allowed: DIGESTS },
  argon2: { argument: 0, allowed: new Set() },
  argon2Sync: { argument: 0, allowed: new Set() },
};

// Before anything is wrapped; a global, because test modules are loaded apart from this one.
Object.defineProperty(globalThis, Symbol.for('tidemark.openssl'), { value: { ...crypto } });

/** @type {Record<string, unknown>} */
const functions = crypto;

for (const [name, { argument, allowed }] of Object.entries(GUARDED)) {
  const original = functions[name];
  if (typeof original !== 'function') continue;
  /**
   * @this {unknown}
   * @param {unknown[]} args
   */
  functions[name] = function guarded(...args) {
    const algorithm = String(args[argument]).toLowerCase();
    if (!allowed.has(algorithm)) {
      throw new Error(
        `crypto.${name}: Electron's Node has no ${algorithm} (test/support/electron-crypto-guard.mjs)`,
      );
    }
    return original.apply(this, args);
  };
}

syncBuiltinESMExports();

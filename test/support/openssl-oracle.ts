/**
 * Node's own crypto, as it was before test/support/electron-crypto-guard.mjs: for tests that compare our code with an
 * algorithm which OpenSSL has and Electron has not. Never for code under test.
 */
import * as guardedCrypto from 'node:crypto';

type NodeCrypto = typeof guardedCrypto;

export function opensslOracle(): NodeCrypto {
  const kept = (globalThis as { [key: symbol]: unknown })[Symbol.for('tidemark.openssl')];
  return (kept as NodeCrypto | undefined) ?? guardedCrypto;
}

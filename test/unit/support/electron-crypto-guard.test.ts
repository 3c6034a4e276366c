import * as crypto from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';

const REFUSED = /Electron's Node has no/;
const key = Buffer.alloc(32);

describe('the guard against cryptography that Electron lacks', () => {
  test.each<[string, () => unknown]>([
    [
      'chacha20-poly1305',
      () => crypto.createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: 16 }),
    ],
    [
      'aes-256-ocb to decrypt',
      () => crypto.createDecipheriv('aes-256-ocb', key, Buffer.alloc(12), { authTagLength: 16 }),
    ],
    ['blake2b512', () => crypto.createHash('blake2b512')],
    ['SHA3-256, whatever its case', () => crypto.createHash('SHA3-256')],
    ['blake2s256 in one call', () => crypto.hash('blake2s256', 'x')],
    ['HMAC with blake2b512', () => crypto.createHmac('blake2b512', key)],
    ['PBKDF2 with sha3-512', () => crypto.pbkdf2Sync('x', 'salt', 1, 32, 'sha3-512')],
    ['HKDF with blake2b512', () => crypto.hkdfSync('blake2b512', key, 'salt', 'info', 32)],
    [
      'argon2',
      () =>
        crypto.argon2Sync('argon2id', {
          message: 'x',
          nonce: Buffer.alloc(16),
          parallelism: 1,
          tagLength: 32,
          memory: 8,
          passes: 1,
        }),
    ],
  ])('refuses %s', (_name, use) => {
    expect(use).toThrow(REFUSED);
  });

  test('lets what Electron has through', () => {
    expect(crypto.createHash('sha256').update('').digest('hex')).toMatch(/^e3b0c442/);
    expect(crypto.hash('SHA512', '')).toMatch(/^cf83e135/);
    for (const cipher of ['aes-128-ecb', 'aes-256-ecb']) {
      const encrypt = crypto.createCipheriv(
        cipher,
        key.subarray(0, cipher === 'aes-128-ecb' ? 16 : 32),
        null,
      );
      expect(encrypt.update(Buffer.alloc(16))).toHaveLength(16);
    }
    expect(
      crypto.createDecipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(2)),
    ).toHaveLength(2);
    expect(crypto.scryptSync('x', 'salt', 32, { N: 16 })).toHaveLength(32);
  });

  test('stands in worker threads too', async () => {
    const source = `
      import { parentPort } from 'node:worker_threads';
      import { createHash } from 'node:crypto';
      let answer = 'accepted';
      try { createHash('blake2b512'); } catch (error) { answer = error.message; }
      parentPort.postMessage(answer);`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    const answer = await new Promise((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    );
    expect(answer).toMatch(REFUSED);
  });
});

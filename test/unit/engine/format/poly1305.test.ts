import { describe, expect, test } from 'vitest';
import { poly1305 } from '#format/poly1305.ts';
import { pseudoRandomBytes } from '#test/support/chunker-vectors.ts';
import { opensslOracle } from '#test/support/openssl-oracle.ts';

function tagOf(keyHex: string, message: Uint8Array): string {
  return Buffer.from(poly1305(Buffer.from(keyHex, 'hex'), message)).toString('hex');
}

test('RFC 8439, 2.5.2', () => {
  const key = '85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b';
  expect(tagOf(key, Buffer.from('Cryptographic Forum Research Group'))).toBe(
    'a8061dc1305136c6c22b8baf0c0127a9',
  );
});

test.each([
  // RFC 8439, A.3, vectors 7 to 11: carries around the prime.
  ['01', '00', 'ff'.repeat(16) + 'f0' + 'ff'.repeat(15) + '11' + '00'.repeat(15), '05'],
  ['01', '00', 'ff'.repeat(16) + 'fbfefefefefefefefefefefefefefefe' + '01'.repeat(16), '00'],
  ['02', '00', 'fd' + 'ff'.repeat(15), 'fa' + 'ff'.repeat(15)],
])('RFC 8439, A.3: r = %s, s = %s', (r, s, message, tag) => {
  const key = r.padEnd(32, '0') + s.padEnd(32, '0');
  expect(tagOf(key, Buffer.from(message, 'hex'))).toBe(tag.padEnd(32, '0'));
});

const { createCipheriv } = opensslOracle();

describe('agrees with the Poly1305 inside ChaCha20-Poly1305', () => {
  test.each([0, 1, 15, 16, 17, 63, 64, 65, 1000])('%i bytes', (length) => {
    const key = pseudoRandomBytes('key', 32);
    const nonce = pseudoRandomBytes('nonce', 12);
    const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
    const ciphertext = cipher.update(pseudoRandomBytes('message', length));
    cipher.final();
    const counterBlock = Buffer.concat([Buffer.alloc(4), nonce]);
    const oneTimeKey = createCipheriv('chacha20', key, counterBlock).update(new Uint8Array(32));
    const lengths = Buffer.alloc(16);
    lengths.writeUInt32LE(length, 8);
    const padding = Buffer.alloc((16 - (length % 16)) % 16);
    const message = Buffer.concat([ciphertext, padding, lengths]);
    expect(Buffer.from(poly1305(oneTimeKey, message))).toEqual(cipher.getAuthTag());
  });
});

test('the key must be 32 bytes', () => {
  expect(() => poly1305(new Uint8Array(31), new Uint8Array(1))).toThrow(RangeError);
});

/** The contract of `format/primitives.ts`, with values from the standards and from independent implementations. */
import { createHash, randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poly1305 } from '#format/poly1305.ts';
import type { Primitives } from '#format/primitives.ts';

const MIB = 1_048_576;
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function describePrimitives(name: string, create: () => Primitives): void {
  describe(`primitives: ${name}`, () => {
    const primitives = create();

    it('hashes', () => {
      expect(toHex(primitives.sha256(Buffer.from('abc')))).toBe(
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      );
      expect(toHex(primitives.sha256(new Uint8Array(0)))).toBe(createHash('sha256').digest('hex'));
    });

    it('gives random bytes of the length asked for, never the same', () => {
      expect(primitives.randomBytes(0)).toHaveLength(0);
      expect(toHex(primitives.randomBytes(32))).not.toBe(toHex(primitives.randomBytes(32)));
    });

    // RFC 7914, 12. The second needs the memory that large parameters of a key file need.
    it.each([
      ['', '', 16, 1, 1, '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442'],
      [
        'pleaseletmein',
        'SodiumChloride',
        16384,
        8,
        1,
        '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
      ],
    ])('derives keys by scrypt: %j', async (password, salt, n, r, p, start) => {
      const key = await primitives.scrypt(Buffer.from(password), Buffer.from(salt), n, r, p, 64);
      expect(key).toHaveLength(64);
      expect(toHex(key.subarray(0, 32))).toBe(start);
    });

    it('derives keys by scrypt with 64 MiB of memory', async () => {
      expect(await primitives.scrypt(Buffer.from('x'), Buffer.from('y'), 65_536, 8, 1, 64)).toHaveLength(64);
    });

    it('encrypts in counter mode, the whole block counting', () => {
      // NIST SP 800-38A, F.5.5.
      const key = hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4');
      const nonce = hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
      const plain = hex('6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51');
      const sealed = primitives.aes256Ctr(key, nonce, plain);
      expect(toHex(sealed)).toBe('601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5');
      expect(toHex(primitives.aes256Ctr(key, nonce, sealed))).toBe(toHex(plain));
      expect(primitives.aes256Ctr(key, nonce, new Uint8Array(0))).toHaveLength(0);
      const last = new Uint8Array(16).fill(0xff);
      const two = primitives.aes256Ctr(key, last, new Uint8Array(32));
      expect(toHex(two.subarray(16))).toBe(
        toHex(primitives.aes256Ctr(key, new Uint8Array(16), new Uint8Array(16))),
      );
    });

    it('encrypts one AES-128 block', () => {
      // FIPS 197, C.1.
      const block = primitives.aes128Block(
        hex('000102030405060708090a0b0c0d0e0f'),
        hex('00112233445566778899aabbccddeeff'),
      );
      expect(toHex(block)).toBe('69c4e0d86a7b0430d8cdb78070b4c55a');
    });

    it('computes Poly1305 of the standard', () => {
      // RFC 8439, 2.5.2.
      const key = hex('85d6be7857556d337f4452fe42d506a8 0103808afb0db2fd4abff6af4149f51b');
      const tag = primitives.poly1305(key, Buffer.from('Cryptographic Forum Research Group'));
      expect(toHex(tag)).toBe('a8061dc1305136c6c22b8baf0c0127a9');
      expect(() => primitives.poly1305(key.subarray(1), new Uint8Array(1))).toThrow();
    });

    it('computes Poly1305 at the edges of the field', () => {
      const ones = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);
      // Sums at and around 2^130 - 5, carries through all limbs, the largest r and s.
      const nearPrime = hex('fbffffffffffffffffffffffffffffff');
      const r2 = hex(`02${'00'.repeat(31)}`);
      const messages = [
        ones(16),
        ones(32),
        nearPrime,
        Buffer.concat([ones(16), nearPrime]),
        ones(4096),
        new Uint8Array(48),
      ];
      for (const key of [
        ones(32),
        r2,
        hex(`01${'00'.repeat(31)}`),
        hex(`${'00'.repeat(16)}${'ff'.repeat(16)}`),
        hex(`02${'00'.repeat(15)}${'ff'.repeat(16)}`),
      ]) {
        for (const message of messages) {
          expect(toHex(primitives.poly1305(key, message))).toBe(toHex(poly1305(key, message)));
        }
      }
    });

    it('computes Poly1305 of any key and message as the reference does', () => {
      const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
      fc.assert(
        fc.property(key, fc.uint8Array({ maxLength: 700 }), (oneTimeKey, message) => {
          expect(toHex(primitives.poly1305(oneTimeKey, message))).toBe(toHex(poly1305(oneTimeKey, message)));
        }),
        { numRuns: 300 },
      );
      for (const length of [65_535, 65_536, 65_537, 200_001]) {
        const message = randomBytes(length);
        const oneTimeKey = randomBytes(32);
        expect(toHex(primitives.poly1305(oneTimeKey, message))).toBe(toHex(poly1305(oneTimeKey, message)));
      }
    });

    it('compares', () => {
      expect(primitives.equal(hex('0102'), hex('0102'))).toBe(true);
      expect(primitives.equal(hex('0102'), hex('0103'))).toBe(false);
      expect(primitives.equal(hex('0102'), hex('010203'))).toBe(false);
    });

    it.each([0, 1, 100, 131_072, 3 * MIB])('packs and unpacks %d bytes', (length) => {
      for (const bytes of [randomBytes(length), new Uint8Array(length).fill(7)]) {
        const frame = primitives.zstdCompress(bytes);
        expect(Buffer.from(primitives.zstdDecompress(frame, length)).equals(bytes)).toBe(true);
        if (length > 0) expect(() => primitives.zstdDecompress(frame, length - 1)).toThrow();
      }
    });

    it('writes frames without checksum and dictionary, with a window of at most 512 KiB', () => {
      const frame = primitives.zstdCompress(randomBytes(3 * MIB));
      const [, , , , descriptor = 0, window = 0] = frame;
      expect([...frame.subarray(0, 4)]).toEqual([0x28, 0xb5, 0x2f, 0xfd]);
      // No single segment: the window is given, as 2^(10 + exponent) * (1 + mantissa / 8).
      expect(descriptor & 0b0011_0111).toBe(0);
      expect(2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8)).toBeLessThanOrEqual(512 * 1024);
    });

    it('unpacks several frames, skippable ones and frames without a size', () => {
      const skippable = hex('502a4d18 03000000 aabbcc');
      const parts = [zstdCompressSync(Buffer.from('one ')), skippable, zstdCompressSync(Buffer.from('two'))];
      const joined = Buffer.concat(parts);
      expect(Buffer.from(primitives.zstdDecompress(joined, 100)).toString()).toBe('one two');
      expect(() => primitives.zstdDecompress(joined, 6)).toThrow();
      // A small frame that grows a lot, without its size: no guess of the result's length may fail it.
      const zeros = zstdCompressSync(new Uint8Array(5 * MIB));
      expect(primitives.zstdDecompress(zeros, 5 * MIB)).toHaveLength(5 * MIB);
      expect(() => primitives.zstdDecompress(zeros, 5 * MIB - 1)).toThrow();
    });

    it('refuses damaged and cut-off frames', () => {
      const frame = primitives.zstdCompress(Buffer.from('some text that is long enough, some text'));
      for (let length = 0; length < frame.length; length++) {
        expect(() => primitives.zstdDecompress(frame.subarray(0, length), 1000)).toThrow();
      }
      expect(() => primitives.zstdDecompress(Buffer.concat([frame, hex('00')]), 1000)).toThrow();
      expect(() => primitives.zstdDecompress(Buffer.from('not zstd at all'), 1000)).toThrow();
    });
  });
}

/** The sealed form and what is directly inside: key files, config, unpacked files. */
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeConfig, parseConfig, UnsupportedVersion } from '#format/config.ts';
import { areKeysValid, generateKeys, openSealed, sealBytes } from '#format/envelope.ts';
import { FormatError, SealBroken } from '#format/format-error.ts';
import {
  deriveUserKeys,
  encodeKeyFile,
  openMasterKey,
  parseKeyFile,
  sealMasterKey,
  type KeyFile,
} from '#format/key-file.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';
import { decodeUnpackedFile, encodeUnpackedFile } from '#format/unpacked-file.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';

const keys = generateKeys(nodePrimitives);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytes = (value: string): Uint8Array => Buffer.from(value, 'utf8');

describe('envelope', () => {
  test('overhead is 32 bytes and every sealing has its own nonce', () => {
    const first = sealBytes(nodePrimitives, keys, bytes('secret'));
    const second = sealBytes(nodePrimitives, keys, bytes('secret'));
    expect(first.length).toBe(6 + 32);
    expect(Buffer.from(first)).not.toEqual(Buffer.from(second));
    expect(text(openSealed(nodePrimitives, keys, first))).toBe('secret');
  });

  test('every flipped bit is noticed', () => {
    const sealed = sealBytes(nodePrimitives, keys, bytes('secret'));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const damaged = Uint8Array.from(sealed);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => openSealed(nodePrimitives, keys, damaged)).toThrow(SealBroken);
    }
  });

  test('nothing is decrypted before the MAC fits', () => {
    const sealed = sealBytes(nodePrimitives, keys, bytes('secret'));
    const noCipher: Primitives = {
      ...nodePrimitives,
      aes256Ctr: () => {
        throw new Error('decrypted');
      },
    };
    sealed[20] = (sealed[20] as number) ^ 1;
    expect(() => openSealed(noCipher, keys, sealed)).toThrow(SealBroken);
  });

  test('an unclamped and a clamped r are the same key', () => {
    const unclamped: CryptoKeys = { ...keys, macR: new Uint8Array(16).fill(0xff) };
    const clampedR = Buffer.from('ffffff0ffcffff0ffcffff0ffcffff0f', 'hex');
    const sealed = sealBytes(nodePrimitives, unclamped, bytes('x'));
    expect(text(openSealed(nodePrimitives, { ...keys, macR: clampedR }, sealed))).toBe('x');
  });

  test('too short, a nonce of zeros, keys of zeros or of wrong length', () => {
    expect(() => openSealed(nodePrimitives, keys, new Uint8Array(31))).toThrow(FormatError);
    expect(() => openSealed(nodePrimitives, keys, new Uint8Array(40))).toThrow(/nonce/);
    const zeros: Primitives = { ...nodePrimitives, randomBytes: (length) => new Uint8Array(length) };
    expect(() => sealBytes(zeros, keys, bytes('x'))).toThrow(/nonce/);
    expect(() => generateKeys(zeros)).toThrow(/key/);
    for (const part of ['encrypt', 'macK', 'macR'] as const) {
      const bad = { ...keys, [part]: new Uint8Array(keys[part].length) };
      expect(areKeysValid(bad)).toBe(false);
      expect(areKeysValid({ ...keys, [part]: keys[part].subarray(1) })).toBe(false);
      expect(() => sealBytes(nodePrimitives, bad, bytes('x'))).toThrow(FormatError);
      expect(() => openSealed(nodePrimitives, bad, new Uint8Array(40).fill(1))).toThrow(FormatError);
    }
  });
});

describe('key files', () => {
  const salt = new Uint8Array(64).fill(7);
  const scrypt = { n: 16, r: 2, p: 1 };
  const keyFile: KeyFile = {
    created: '2024-01-01T00:00:00Z',
    username: 'a<b',
    hostname: 'höst',
    scrypt,
    salt,
    data: new Uint8Array(3).fill(255),
  };

  test('field order, escapes and base64 as restic writes them', () => {
    const saltText = Buffer.from(salt).toString('base64');
    expect(text(encodeKeyFile(keyFile))).toBe(
      '{"created":"2024-01-01T00:00:00Z","username":"a\\u003cb","hostname":"höst","kdf":"scrypt",' +
        `"N":16,"r":2,"p":1,"salt":"${saltText}","data":"////"}`,
    );
    expect(text(encodeKeyFile(parseKeyFile(encodeKeyFile(keyFile))))).toBe(text(encodeKeyFile(keyFile)));
  });

  test('a password opens what it sealed, another does not', async () => {
    const userKeys = await deriveUserKeys(nodePrimitives, keyFile, bytes('pässwörd'));
    const data = sealMasterKey(nodePrimitives, userKeys, keys);
    const opened = openMasterKey(nodePrimitives, userKeys, data);
    for (const part of ['encrypt', 'macK', 'macR'] as const) {
      expect(Buffer.from(opened[part])).toEqual(Buffer.from(keys[part]));
    }
    const otherKeys = await deriveUserKeys(nodePrimitives, keyFile, bytes('passwort'));
    expect(() => openMasterKey(nodePrimitives, otherKeys, data)).toThrow(SealBroken);
  });

  test.each([
    ['{"k":"AAAAAAAAAAAAAAAAAAAAAA==","r":"AQAAAAAAAAAAAAAAAAAAAA=="}', /invalid/],
    ['{"k":"AQ==","r":"AQAAAAAAAAAAAAAAAAAAAA=="}', /invalid/],
    ['{"k":"AQAAAAAAAAAAAAAAAAAAAA=="}', /missing/],
  ])('a master key with %s is refused', (mac, reason) => {
    const encrypt = Buffer.alloc(32, 1).toString('base64');
    const data = sealBytes(nodePrimitives, keys, bytes(`{"mac":${mac},"encrypt":"${encrypt}"}`));
    expect(() => openMasterKey(nodePrimitives, keys, data)).toThrow(reason);
  });

  test.each([
    ['kdf', { kdf: 'argon2' }],
    ['N not a power of two', { N: 1000 }],
    ['N = 1', { N: 1 }],
    ['N = 0', { N: 0 }],
    ['absurd memory', { N: 2 ** 30, r: 8 }],
    ['r = 0', { r: 0 }],
    ['p = 0', { p: 0 }],
    ['r p too large', { N: 2, r: 2 ** 15, p: 2 ** 15 }],
    ['short salt', { salt: Buffer.alloc(63).toString('base64') }],
    ['missing salt', { salt: null }],
    ['missing data', { data: null }],
  ])('refuses %s', (_what, change) => {
    const good = JSON.parse(text(encodeKeyFile(keyFile))) as object;
    expect(() => parseKeyFile(bytes(JSON.stringify(good)))).not.toThrow();
    expect(() => parseKeyFile(bytes(JSON.stringify({ ...good, ...change })))).toThrow(FormatError);
  });

  test('what is informational may be absent', () => {
    const good = JSON.parse(text(encodeKeyFile(keyFile))) as Record<string, unknown>;
    for (const field of ['created', 'username', 'hostname']) delete good[field];
    expect(parseKeyFile(bytes(JSON.stringify({ ...good, extra: 1 })))).toMatchObject({ hostname: '' });
  });
});

describe('config', () => {
  const id = 'ab'.repeat(32);
  const config = { version: 2, id, chunkerPolynomial: 0x3da3358b4dc173n } as const;

  test('comes back', () => {
    const encoded = encodeConfig(config);
    expect(text(encoded)).toBe(`{"version":2,"id":"${id}","chunker_polynomial":"3da3358b4dc173"}`);
    expect(parseConfig(encoded)).toEqual(config);
  });

  test.each([0, 3, 99])('version %i is not supported', (version) => {
    const json = text(encodeConfig(config)).replace('"version":2', `"version":${version}`);
    try {
      parseConfig(bytes(json));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UnsupportedVersion);
      expect((error as UnsupportedVersion).version).toBe(version);
    }
  });

  test.each([
    ['"3da3358b4dc173"', '"3da3358b4dc175"'],
    ['"3da3358b4dc173"', '"7"'],
    ['"3da3358b4dc173"', '"xyz"'],
    ['"3da3358b4dc173"', '""'],
    [id, 'ab'],
    ['"version":2,', ''],
  ])('refuses %s replaced by %s', (from, to) => {
    expect(() => parseConfig(bytes(text(encodeConfig(config)).replace(from, to)))).toThrow(FormatError);
  });

  test('a reducible polynomial is never written', () => {
    expect(() => encodeConfig({ ...config, chunkerPolynomial: 0x3da3358b4dc175n })).toThrow(FormatError);
  });
});

describe('unpacked files', () => {
  const json = bytes(`{"a":"${'x'.repeat(1000)}"}`);
  const open = (version: 1 | 2, plain: Uint8Array): string =>
    text(decodeUnpackedFile(nodePrimitives, keys, version, sealBytes(nodePrimitives, keys, plain)));

  test('version 1 is plain JSON, version 2 is marked and compressed', () => {
    const first = encodeUnpackedFile(nodePrimitives, keys, 1, json);
    const second = encodeUnpackedFile(nodePrimitives, keys, 2, json);
    expect(openSealed(nodePrimitives, keys, first)).toEqual(Buffer.from(json));
    expect(openSealed(nodePrimitives, keys, second)[0]).toBe(2);
    expect(second.length).toBeLessThan(200);
    expect(text(decodeUnpackedFile(nodePrimitives, keys, 1, first))).toBe(text(json));
    expect(text(decodeUnpackedFile(nodePrimitives, keys, 2, second))).toBe(text(json));
  });

  test('version 2 reads files from before an upgrade', () => {
    expect(open(2, bytes('{"a":1}'))).toBe('{"a":1}');
    expect(open(2, bytes('["a"]'))).toBe('["a"]');
  });

  test('several frames in a row are one file', () => {
    const frames = [zstdCompressSync(bytes('{"a"')), zstdCompressSync(bytes(':1}'))];
    expect(open(2, Buffer.concat([Buffer.of(2), ...frames]))).toBe('{"a":1}');
  });

  test('anything else is refused', () => {
    expect(() => open(2, bytes(' {}'))).toThrow(FormatError);
    expect(() => open(2, new Uint8Array(0))).toThrow(FormatError);
    expect(() => open(2, Buffer.of(2, 1, 2, 3, 4, 5, 6, 7, 8, 9))).toThrow(FormatError);
    expect(() => open(2, Buffer.of(2))).toThrow(FormatError);
    const cut = zstdCompressSync(json);
    expect(() => open(2, Buffer.concat([Buffer.of(2), cut.subarray(0, -1)]))).toThrow(FormatError);
  });
});

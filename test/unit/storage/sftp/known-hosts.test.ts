import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  fingerprintOf,
  judgeHostKey,
  keyTypeOf,
  knownHostLine,
  knownKeyTypes,
  parseKnownHosts,
} from '#storage/sftp/known-hosts.ts';

/** A key as a server sends it: its type, then something. */
function makeKey(type: string, seed: string): Buffer {
  const part = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text)]);
  };
  return Buffer.concat([part(type), part(seed)]);
}

const KEY = makeKey('ssh-ed25519', 'the right one');
const OTHER = makeKey('ssh-ed25519', 'another');
const RSA = makeKey('ssh-rsa', 'big');
const line = (names: string, key: Buffer): string => `${names} ${keyTypeOf(key)} ${key.toString('base64')}\n`;

function judge(text: string, host: string, port = 22, key = KEY): string {
  return judgeHostKey(parseKnownHosts(text), host, port, key).kind;
}

test.each([
  ['its name', line('backup.example', KEY), 'backup.example', 22, 'trusted'],
  ['its name in other case', line('backup.example', KEY), 'Backup.Example', 22, 'trusted'],
  ['one of several names', line('a,backup.example,10.0.0.1', KEY), '10.0.0.1', 22, 'trusted'],
  ['a pattern', line('*.example', KEY), 'backup.example', 22, 'trusted'],
  ['a pattern of one letter', line('backup?.example', KEY), 'backup1.example', 22, 'trusted'],
  ['a pattern that excludes it', line('*.example,!backup.example', KEY), 'backup.example', 22, 'unknown'],
  ['a dot is a dot', line('backup.example', KEY), 'backupxexample', 22, 'unknown'],
  ['a port', line('[backup.example]:2222', KEY), 'backup.example', 2222, 'trusted'],
  ['another port', line('[backup.example]:2222', KEY), 'backup.example', 2223, 'unknown'],
  ['no port, but the key', line('backup.example', KEY), 'backup.example', 2222, 'trusted'],
  ['no port, and another key', line('backup.example', OTHER), 'backup.example', 2222, 'unknown'],
  ['IPv6', line('[fe80::1]:2222', KEY), 'fe80::1', 2222, 'trusted'],
  ['another key', line('backup.example', OTHER), 'backup.example', 22, 'changed'],
  ['a key of another type', line('backup.example', RSA), 'backup.example', 22, 'changed'],
  ['two keys', line('backup.example', RSA) + line('backup.example', KEY), 'backup.example', 22, 'trusted'],
  [
    'a revoked key',
    `@revoked ${line('*', KEY)}${line('backup.example', KEY)}`,
    'backup.example',
    22,
    'revoked',
  ],
  ['another revoked key', `@revoked ${line('*', OTHER)}`, 'backup.example', 22, 'unknown'],
  ['an authority', `@cert-authority ${line('*', KEY)}`, 'backup.example', 22, 'unknown'],
  ['a comment', `# ${line('backup.example', KEY)}`, 'backup.example', 22, 'unknown'],
  ['nonsense before', `\nwhat\n|1|broken\n${line('backup.example', KEY)}`, 'backup.example', 22, 'trusted'],
  ['nothing', '', 'backup.example', 22, 'unknown'],
])('a host known by %s', (_title, text, host, port, verdict) => {
  expect(judge(text, host, port)).toBe(verdict);
});

test('a changed key is told with the fingerprints of those that were known', () => {
  const verdict = judgeHostKey(parseKnownHosts(line('a', OTHER) + line('a', RSA)), 'a', 22, KEY);
  expect(verdict).toEqual({ kind: 'changed', known: [fingerprintOf(OTHER), fingerprintOf(RSA)] });
});

test('names hashed by ssh-keygen are found, and its fingerprints are ours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-known-'));
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
    const [, base64] = readFileSync(join(folder, 'key.pub'), 'utf8').split(' ');
    const key = Buffer.from(base64 as string, 'base64');
    const printed = execFileSync('ssh-keygen', ['-lf', join(folder, 'key.pub')], { encoding: 'utf8' });
    expect(fingerprintOf(key)).toBe(printed.split(' ')[1]);
    const file = join(folder, 'known_hosts');
    writeFileSync(
      file,
      knownHostLine('backup.example', 22, key) + knownHostLine('backup.example', 2222, key),
    );
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('example');
    expect(judge(text, 'backup.example', 22, key)).toBe('trusted');
    expect(judge(text, 'backup.example', 2222, key)).toBe('trusted');
    expect(judge(text, 'backup.example', 22, OTHER)).toBe('changed');
    expect(judge(text, 'other.example', 22, key)).toBe('unknown');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the types of the known keys are told, so that one of them is asked for', () => {
  const hosts = parseKnownHosts(line('a', RSA) + line('[a]:2222', KEY) + `@revoked ${line('a', OTHER)}`);
  expect(knownKeyTypes(hosts, 'a', 22)).toEqual(['ssh-rsa']);
  expect(knownKeyTypes(hosts, 'a', 2222)).toEqual(['ssh-rsa', 'ssh-ed25519']);
});

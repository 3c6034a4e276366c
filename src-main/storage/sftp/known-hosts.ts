/**
 * Host keys that are trusted already, in the format of OpenSSH's known_hosts, and the verdict on a key that a server
 * shows. Pure but for hashing. Certificates of hosts (`@cert-authority`) are not understood: such lines trust nobody.
 * Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */
import { createHash, createHmac } from 'node:crypto';

export interface KnownHost {
  /** Names and patterns, or one hashed name. */
  readonly names: readonly string[];
  readonly isRevoked: boolean;
  readonly keyType: string;
  /** Base64. */
  readonly key: string;
}

export type HostKeyVerdict =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'revoked' }
  /** Other keys are known for this host; their fingerprints. */
  | { readonly kind: 'changed'; readonly known: readonly string[] };

const DEFAULT_PORT = 22;

/** Lines that make no sense are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string): KnownHost[] {
  const hosts: KnownHost[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
    const [names, keyType, key] = words;
    if (names === undefined || keyType === undefined || key === undefined || names.startsWith('#')) continue;
    if (marker !== undefined && marker !== '@revoked') continue;
    hosts.push({
      names: names.startsWith('|') ? [names] : names.split(','),
      isRevoked: marker === '@revoked',
      keyType,
      key,
    });
  }
  return hosts;
}

/** A line as OpenSSH would write it. */
export function knownHostLine(host: string, port: number, key: Buffer): string {
  return `${nameWithPort(host, port)} ${keyTypeOf(key)} ${key.toString('base64')}\n`;
}

/** @param key as the server sends it */
export function judgeHostKey(
  hosts: readonly KnownHost[],
  host: string,
  port: number,
  key: Buffer,
): HostKeyVerdict {
  const base64 = key.toString('base64');
  const name = nameWithPort(host, port);
  const ofHost = hosts.filter((each) => isNamed(each, name));
  // A server that moved to another port is still trusted by its plain name, but never distrusted by it.
  const ofName = hosts.filter((each) => isNamed(each, host.toLowerCase()));
  const same = [...ofHost, ...ofName].filter((each) => each.key === base64);
  if (same.some((each) => each.isRevoked)) return { kind: 'revoked' };
  if (same.length > 0) return { kind: 'trusted' };
  const others = ofHost.filter((each) => !each.isRevoked);
  if (others.length === 0) return { kind: 'unknown' };
  return { kind: 'changed', known: others.map((each) => fingerprintOf(Buffer.from(each.key, 'base64'))) };
}

/** Types of the keys known for the host: a server that has several is to show one of these. */
export function knownKeyTypes(hosts: readonly KnownHost[], host: string, port: number): string[] {
  const names = [nameWithPort(host, port), host.toLowerCase()];
  const known = hosts.filter((each) => !each.isRevoked && names.some((name) => isNamed(each, name)));
  return [...new Set(known.map((each) => each.keyType))];
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type is the first text in a key: 4 bytes of length, then the name. Empty: it is no key. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return key.toString('latin1', 4, 4 + length);
}

function nameWithPort(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${String(port)}`;
}

function isNamed({ names }: KnownHost, name: string): boolean {
  let isMatch = false;
  for (const each of names) {
    if (each.startsWith('|1|')) isMatch ||= isHashOf(each, name);
    else if (each.startsWith('!')) {
      if (matches(each.slice(1), name)) return false;
    } else isMatch ||= matches(each, name);
  }
  return isMatch;
}

/** `|1|salt|HMAC-SHA1 of the name under the salt`, both in base64. */
function isHashOf(hashed: string, name: string): boolean {
  const [, , salt, hash] = hashed.split('|');
  if (salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern
    .toLowerCase()
    .split(/([*?])/)
    .map((part) => {
      if (part === '*') return '.*';
      return part === '?' ? '.' : part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    });
  return new RegExp(`^${parts.join('')}$`, 's').test(name);
}

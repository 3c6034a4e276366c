/**
 * The few system calls that tests need beside node:fs, declared here a second time on purpose: what builds and compares
 * trees must not share code with the adapters under test. Linux only. Paths are bytes; no call follows a link in the last
 * component, except below /proc/self/fd.
 */
import koffi from 'koffi';
import fs from 'node:fs';

type Call = (...args: readonly (number | bigint | Uint8Array | null)[]) => number;

let calls:
  | Record<'lsetxattr' | 'lgetxattr' | 'llistxattr' | 'utimensat' | 'mknod' | 'socket' | 'bind', Call>
  | undefined;

function load(): NonNullable<typeof calls> {
  if (calls) return calls;
  const library = koffi.load(null);
  const call = (declaration: string): Call => library.func(declaration) as unknown as Call;
  calls = {
    lsetxattr: call('int lsetxattr(const void *, const void *, const void *, uint64_t, int)'),
    lgetxattr: call('int64_t lgetxattr(const void *, const void *, void *, uint64_t)'),
    llistxattr: call('int64_t llistxattr(const void *, void *, uint64_t)'),
    utimensat: call('int utimensat(int, const void *, const void *, int)'),
    mknod: call('int mknod(const void *, uint32_t, uint64_t)'),
    socket: call('int socket(int, int, int)'),
    bind: call('int bind(int, const void *, uint32_t)'),
  };
  return calls;
}

function c(text: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(text as string), Buffer.of(0)]);
}

function check(result: number, what: string, path: Buffer): number {
  if (result < 0) throw new Error(`${what} failed with errno ${koffi.errno()}: ${path.toString('latin1')}`);
  return result;
}

export function setAttribute(path: Buffer, name: string, value: Uint8Array): void {
  const from = value.length === 0 ? Buffer.of(0) : value;
  check(load().lsetxattr(c(path), c(name), from, value.length, 0), `setting ${name}`, path);
}

/** Name to value, names as text; empty where attributes are unsupported. */
export function getAttributes(path: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const list = Buffer.alloc(65536);
  const length = load().llistxattr(c(path), list, list.length);
  if (length < 0 && koffi.errno() === koffi.os.errno['ENOTSUP']) return found;
  check(length, 'listing attributes', path);
  for (const name of list.toString('utf8', 0, length).split('\0')) {
    if (name === '') continue;
    const value = Buffer.alloc(65536);
    const size = check(load().lgetxattr(c(path), c(name), value, value.length), `reading ${name}`, path);
    found.set(name, Buffer.from(value.subarray(0, size)));
  }
  return found;
}

/** Modification and access time in nanoseconds since 1970. */
export function setTimesNs(path: Buffer, timeNs: bigint): void {
  const nanoseconds = ((timeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (timeNs - nanoseconds) / 1_000_000_000n;
  const times = Buffer.from(new BigInt64Array([seconds, nanoseconds, seconds, nanoseconds]).buffer);
  check(load().utimensat(-100, c(path), times, 0x100), 'setting times', path);
}

/** `mode` with its file type bits. */
export function makeNode(path: Buffer, mode: number, device = 0n): void {
  check(load().mknod(c(path), mode, device), 'making a node', path);
}

/** A socket's file; nobody listens. The path is at most 107 bytes. */
export function makeSocket(path: Buffer): void {
  const fd = check(load().socket(1, 1, 0), 'making a socket', path);
  const address = Buffer.concat([Buffer.of(1, 0), c(path)]);
  check(load().bind(fd, address, address.length), 'binding a socket', path);
  fs.closeSync(fd);
}

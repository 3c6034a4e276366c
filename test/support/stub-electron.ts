/**
 * A stand-in for the folder of Electron's binary: just enough for electron-builder to pack. It holds no Electron; its
 * program says so. The fuse wire is real, so that flipped fuses can be read back.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Marks the wire in every Electron binary; then its version, the number of fuses and one digit for each. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_COUNT = 9;
/** Electron's own defaults. */
const FUSES = '101100011';

export function makeStubElectron(folder: string): void {
  mkdirSync(path.join(folder, 'resources'), { recursive: true });
  mkdirSync(path.join(folder, 'locales'));
  const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string };
  const wire = Buffer.concat([
    Buffer.from(FUSE_SENTINEL, 'latin1'),
    Buffer.from([1, FUSE_COUNT]),
    Buffer.from(FUSES, 'latin1'),
  ]);
  const program = Buffer.concat([
    Buffer.from('#!/bin/sh\necho "a stub: there is no Electron here" >&2\nexit 70\n# '),
    wire,
    Buffer.from('\n'),
  ]);
  writeFileSync(path.join(folder, 'electron'), program, { mode: 0o755 });
  writeFileSync(path.join(folder, 'chrome-sandbox'), '', { mode: 0o755 });
  writeFileSync(path.join(folder, 'version'), version);
  for (const name of ['locales/en-US.pak', 'LICENSE', 'LICENSES.chromium.html', 'chrome_crashpad_handler']) {
    writeFileSync(path.join(folder, name), '');
  }
}

/** Digits of the fuses as they stand in a packed program: `1` on, `0` off. */
export function readFuses(program: string): string {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(FUSE_SENTINEL);
  if (at < 0) throw new Error(`no fuse wire in ${program}`);
  const start = at + FUSE_SENTINEL.length + 2;
  return bytes.subarray(start, start + FUSE_COUNT).toString('latin1');
}

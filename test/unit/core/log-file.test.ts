/** The log file: what is in it, who may read it, when it goes, and that nothing depends on it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFile } from '#core/log-file.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const obstacle = await smallDiskObstacle();
let profile: string;
const clock = new FakeClock();
beforeEach(() => {
  profile = mkdtempSync(path.join(tmpdir(), 'tidemark-log-'));
});
afterEach(() => rmSync(profile, { recursive: true, force: true }));

const lines = (name = 'tidemark.log'): Record<string, unknown>[] =>
  readFileSync(path.join(profile, 'logs', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line says when, how bad and what; nobody else can read it', async () => {
  const file = new LogFile({ profileFolder: profile, clock });
  file.write('error', 'the state cannot be saved: storage.full');
  await file.close();
  expect(lines()).toEqual([
    {
      level: 'error',
      time: '2026-01-15T12:00:00.000Z',
      pid: process.pid,
      text: 'the state cannot be saved: storage.full',
    },
  ]);
  expect(statSync(path.join(profile, 'logs')).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(profile, 'logs', 'tidemark.log')).mode & 0o777).toBe(0o600);
});

test('a full file becomes an old one, and of these five are kept, for their owner only', async () => {
  const file = new LogFile({ profileFolder: profile, clock, bytes: 1_000 });
  for (let at = 0; at < 200; at++) file.write('info', `line ${at} ${'.'.repeat(80)}`);
  await file.close();
  const names = readdirSync(path.join(profile, 'logs')).sort();
  expect(names).toEqual(['tidemark.log', ...[1, 2, 3, 4, 5].map((number) => `tidemark.log.${number}`)]);
  const kept = names
    .toReversed()
    .flatMap((name) => (statSync(path.join(profile, 'logs', name)).size > 0 ? lines(name) : []));
  expect(kept.at(-1)!['text']).toMatch(/^line 199 /);
  for (const name of names) {
    const { size, mode } = statSync(path.join(profile, 'logs', name));
    expect(size).toBeLessThan(1_300);
    expect(mode & 0o777).toBe(0o600);
  }
});

test('a log that goes on after a restart is appended to', async () => {
  for (const text of ['first', 'second']) {
    const file = new LogFile({ profileFolder: profile, clock });
    file.write('info', text);
    await file.close();
  }
  expect(lines().map(({ text }) => text)).toEqual(['first', 'second']);
});

test('what looks like a code or a token is struck out', async () => {
  const file = new LogFile({ profileFolder: profile, clock });
  const code = 'K7MNP-4TQXR-AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF';
  file.write('warn', `cannot open with ${code} at http://127.0.0.1:1/enter#${'aB3_-'.repeat(8)}xyz`);
  file.writeLast(`died of ${code}`);
  await file.close();
  const text = readFileSync(path.join(profile, 'logs', 'tidemark.log'), 'utf8');
  expect(text.match(/\[secret\]/g)).toHaveLength(3);
  expect(text).not.toContain('K7MNP');
  expect(text).not.toContain('aB3_-');
});

test('a folder that cannot be had costs the lines, until it can', async () => {
  writeFileSync(path.join(profile, 'logs'), 'in the way');
  const file = new LogFile({ profileFolder: profile, clock });
  file.write('error', 'lost');
  file.writeLast('lost too');
  rmSync(path.join(profile, 'logs'));
  file.write('error', 'lost as well: it is not tried at every line');
  await clock.advance(60_000);
  file.write('error', 'kept');
  await file.close();
  expect(lines().map(({ text }) => text)).toEqual(['kept']);
});

test.skipIf(obstacle !== undefined)(
  `a full disk stops nothing, and the log goes on when there is room${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () =>
    withSmallDisk({ kind: 'tmpfs', mib: 1 }, async (disk) => {
      const file = new LogFile({ profileFolder: disk, clock, bytes: 4_000_000 });
      const written = (): number =>
        statSync(path.join(disk, 'logs', 'tidemark.log'), { throwIfNoEntry: false })?.size ?? 0;
      file.write('info', 'before');
      await settle(() => written() > 0);
      fillUp(path.join(disk, 'filler'));
      for (let at = 0; at < 20; at++) {
        file.write('info', '.'.repeat(10_000));
        await settle(() => false);
      }
      expect(written()).toBeLessThan(20_000);
      rmSync(path.join(disk, 'filler'));
      await clock.advance(60_000);
      file.write('info', 'after');
      await file.close();
      expect(readFileSync(path.join(disk, 'logs', 'tidemark.log'), 'utf8')).toContain('"text":"after"');
    }),
);

function fillUp(name: string): void {
  try {
    for (;;) writeFileSync(name, Buffer.alloc(4_096), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** Lets the disk do what it was asked for. */
async function settle(isOver: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !isOver(); turn++) await new Promise((resolve) => setImmediate(resolve));
}

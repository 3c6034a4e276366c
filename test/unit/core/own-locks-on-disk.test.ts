/** What this machine remembers of its locks, and when it takes their writers for dead: only when every sign says so. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LockId } from '#base/ids.ts';
import { ownLocksOnDisk } from '#core/own-locks-on-disk.ts';

const ID = 'a'.repeat(64) as LockId;
const OTHER = 'b'.repeat(64) as LockId;

const isLinux = fs.existsSync('/proc/self/ns/pid') && fs.existsSync('/etc/machine-id');
const onLinux = it.skipIf(!isLinux);
const why = isLinux ? '' : ' [skipped: needs /proc and /etc/machine-id]';

let folder = '';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-own-locks-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A memory as another process would have written it. */
function plant(changes: Readonly<Record<string, unknown>>): ReadonlySet<LockId> {
  const own = ownLocksOnDisk(folder)!;
  own.remember('repository', ID);
  const file = path.join(folder, 'repository', ID);
  const memory = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
  fs.writeFileSync(file, JSON.stringify({ ...memory, ...changes }));
  return own.dead('repository');
}

async function deadPid(): Promise<number> {
  const child: ChildProcess = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}

/** From the third field of what the system says of a process. Source: proc_pid_stat(5). */
function fieldsOf(pid: number): string[] {
  return fs
    .readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\)\s*/s, '')
    .split(' ');
}

const stateOf = (pid: number): string | undefined => fieldsOf(pid)[0];

onLinux(`a process that is there is alive, one that is gone is dead${why}`, async () => {
  expect(plant({})).toEqual(new Set());
  expect(plant({ pid: await deadPid() })).toEqual(new Set([ID]));
});

onLinux(`one that has ended and that nobody has asked how is dead${why}`, async () => {
  // It ends only after the shell that would have asked has become another program.
  const idle = spawn('bash', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(idle.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await expect.poll(() => stateOf(pid), { timeout: 5_000 }).toBe('Z');
    expect(plant({ pid, startedAt: fieldsOf(pid)[19] })).toEqual(new Set([ID]));
    expect(plant({ pid: idle.pid, startedAt: fieldsOf(idle.pid!)[19] })).toEqual(new Set());
  } finally {
    idle.kill('SIGKILL');
  }
});

onLinux(`a number that was given out again is another process${why}`, () => {
  expect(plant({ startedAt: '1' })).toEqual(new Set([ID]));
});

onLinux(`what ran before this machine was started is dead${why}`, () => {
  expect(plant({ boot: 'another' })).toEqual(new Set([ID]));
});

onLinux.each([
  ['another machine', { machine: 'another', boot: 'another' }],
  ['another container', { processSpace: 'pid:[1]' }],
  ['a memory that is incomplete', { boot: '' }],
  ['a memory of nothing', { machine: undefined }],
])(`of %s nothing is said${why}`, async (_name, changes) => {
  expect(plant({ pid: await deadPid(), ...changes })).toEqual(new Set());
});

onLinux(`one that was abandoned is nobody's, though its process runs on${why}`, () => {
  const own = ownLocksOnDisk(folder)!;
  own.remember('repository', ID);
  own.remember('repository', OTHER);
  own.abandon('repository', ID);
  expect(own.dead('repository')).toEqual(new Set([ID]));
  expect(plant({ isAbandoned: true, machine: 'another' })).toEqual(new Set());
  own.forget('repository', ID);
  expect(own.dead('repository')).toEqual(new Set());
});

onLinux(`of another repository nothing is said${why}`, () => {
  plant({ boot: 'another' });
  expect(ownLocksOnDisk(folder)!.dead('another')).toEqual(new Set());
});

onLinux(`forgets one by one, and survives rubbish and a folder that cannot be had${why}`, () => {
  plant({ boot: 'another' });
  const own = ownLocksOnDisk(folder)!;
  fs.writeFileSync(path.join(folder, 'repository', OTHER), 'rubbish');
  fs.writeFileSync(path.join(folder, 'note'), '{}');
  expect(own.dead('repository')).toEqual(new Set([ID]));
  own.forget('repository', ID);
  own.forget('repository', ID);
  expect(own.dead('repository')).toEqual(new Set());
  const nowhere = ownLocksOnDisk(path.join(folder, 'note', 'below'))!;
  nowhere.remember('repository', ID);
  nowhere.forget('repository', ID);
  expect(nowhere.dead('repository')).toEqual(new Set());
});

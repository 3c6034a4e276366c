/**
 * Locks of whole processes: the product holds one while restic looks, asks and unlocks beside it; the product is killed, or
 * its terminal is closed, while it holds one. A `dump` that nobody reads holds a shared lock for as long as a test likes.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { PRODUCT_PASSWORD, tidemark, type ProductRun } from '#test/support/product.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/tidemark');
/** More than fits into a pipe and the streams on both sides of it. */
const MUCH = 20_000_000;

const base = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-locks-'));
const repository = path.join(base, 'repository');
const env = {
  ...process.env,
  TIDEMARK_PASSWORD: PRODUCT_PASSWORD,
  RESTIC_PASSWORD: PRODUCT_PASSWORD,
  RESTIC_CACHE_DIR: path.join(base, 'cache'),
  XDG_STATE_HOME: path.join(base, 'state'),
};

beforeAll(async () => {
  fs.mkdirSync(path.join(base, 'source'));
  fs.writeFileSync(path.join(base, 'source/much'), Buffer.alloc(MUCH, 'much '));
  await succeeds(ours('init'));
  await giveCheapKeyAt(repository, PRODUCT_PASSWORD);
  await succeeds(ours('backup', 'source'));
}, 60_000);

afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

function ours(...args: string[]): Promise<ProductRun> {
  return tidemark(['-r', repository, ...args], { cwd: base, env });
}

async function succeeds(run: Promise<ProductRun>): Promise<void> {
  const { code, stderr } = await run;
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

function locks(): string[] {
  return fs.readdirSync(path.join(repository, 'locks'));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const DUMP = ['-r', repository, 'dump', 'latest', '/source/much'];

/** The product at work, with its lock, until its output is read. */
async function holdShared(
  environment = env,
): Promise<ChildProcess & { readonly stdout: NodeJS.ReadableStream }> {
  const child = spawn(PROGRAM, DUMP, { cwd: base, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  await until(() => locks().length === 1 && child.stdout.readableLength > 0);
  return child;
}

async function readAll(child: ChildProcess & { readonly stdout: NodeJS.ReadableStream }): Promise<number> {
  let count = 0;
  child.stdout.on('data', (chunk: Buffer) => (count += chunk.length));
  await once(child, 'close');
  return count;
}

/** What is left of a process that died while it wrote a lock: no lock, whatever is in it. @returns its path */
function plantCutOffLock(bytes: number): string {
  const file = path.join(repository, `locks/.tmp-4194304-${String(bytes).padStart(12, '0')}`);
  fs.writeFileSync(file, Buffer.alloc(bytes, 'cut off'));
  return file;
}

const programs = resticPrograms();
if (programs.length === 0) it.skip(`restic and our locks [skipped: ${NO_RESTIC}]`, () => undefined);

describe.each(programs)('restic $version beside a process of ours', ({ path: restic }) => {
  function theirs(...args: string[]): { status: number | null; stderr: string } {
    return spawnSync(restic, ['-r', repository, ...args], { cwd: base, env, encoding: 'utf8' });
  }

  it('shares what may be shared, refuses the rest, and its unlock neither ends it nor takes its lock', async () => {
    const holder = await holdShared();
    const held = locks();
    expect(theirs('backup', 'source').status).toBe(0);
    const refused = theirs('prune');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('already locked');
    // Sends SIGHUP to the process that the lock names.
    expect(theirs('unlock').status).toBe(0);
    expect(locks()).toEqual(held);
    expect(await readAll(holder)).toBe(MUCH);
    expect(holder.exitCode).toBe(0);
    expect(locks()).toEqual([]);
  });

  it('takes the lock of one that was killed, when it is told to', async () => {
    const holder = await holdShared();
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(locks()).toHaveLength(1);
    expect(theirs('unlock').status).toBe(0);
    expect(locks()).toEqual([]);
  });

  it('F6 is not blocked by a lock that was cut off while it was written, and prunes beside it', () => {
    const cutOff = [0, 100].map(plantCutOffLock);
    for (const args of [['prune'], ['unlock', '--remove-all']])
      expect(theirs(...args)).toMatchObject({ status: 0 });
    for (const file of cutOff) fs.rmSync(file);
    expect(locks()).toEqual([]);
  });
});

describe('without restic', () => {
  it('a lock that a kill left is cleared away by the next run on this machine, which alone remembers it', async () => {
    const states = path.join(base, 'fresh');
    const memory = path.join(states, 'tidemark/locks');
    const remembered = (): string[] =>
      fs.readdirSync(memory).flatMap((id) => fs.readdirSync(path.join(memory, id)));
    const here = { ...env, XDG_STATE_HOME: states };
    const run = (...args: string[]): Promise<ProductRun> =>
      tidemark(['-r', repository, ...args], { cwd: base, env: here });
    const holder = await holdShared(here);
    const [held] = locks();
    expect(remembered()).toEqual([held]);
    expect(await run('check')).toMatchObject({ code: 11 });
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(await ours('check')).toMatchObject({ code: 11 });
    expect(locks()).toEqual([held]);
    await succeeds(run('check'));
    expect(locks()).toEqual([]);
    // Remembered until a backup has seen to what the killed run may have stored.
    await succeeds(run('backup', 'source'));
    expect(remembered()).toEqual([]);
  });

  it('F6 a lock that was cut off while it was written blocks nobody, is no lock to unlock, and goes with a prune when it is old', async () => {
    const cutOff = [0, 100].map(plantCutOffLock);
    const [older, younger] = cutOff as [string, string];
    const twoDaysAgoS = Date.now() / 1000 - 2 * 24 * 3600;
    fs.utimesSync(older, twoDaysAgoS, twoDaysAgoS);
    for (const args of [
      ['backup', 'source'],
      ['unlock', '--remove-all'],
    ])
      await succeeds(ours(...args));
    expect(locks().sort()).toEqual(cutOff.map((file) => path.basename(file)).sort());
    // The younger one may be a lock that another computer is writing at this moment.
    await succeeds(ours('prune'));
    expect(locks()).toEqual([path.basename(younger)]);
    fs.utimesSync(younger, twoDaysAgoS, twoDaysAgoS);
    await succeeds(ours('prune'));
    expect(locks()).toEqual([]);
  });

  it('a terminal that is closed ends a run as an interrupt does, and its lock goes', async () => {
    // A hole that takes minutes to read.
    fs.closeSync(fs.openSync(path.join(base, 'hole'), 'w'));
    fs.truncateSync(path.join(base, 'hole'), 2 ** 38);
    const command = `'${PROGRAM}' -r '${repository}' backup hole; echo ended`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: base,
      env: { ...env, SHELL: '/bin/sh' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await until(() => locks().length === 1);
    terminal.kill('SIGKILL');
    await until(() => locks().length === 0);
    await succeeds(ours('check'));
  });
});

/**
 * The built command line on a profile, with the real core, engine and places, on a machine without a keychain: alone,
 * beside a running `tidemark serve`, and after that one was killed.
 */
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectToRunningCore } from '#core/local-socket/running-core.ts';
import { enter, openWebSocket, requestText, sendRaw } from '#test/support/browser-mode.ts';
import { ProfileProgram } from '#test/support/profile-program.ts';

const program = new ProfileProgram();
let recoveryCode = '';
beforeAll(() => {
  writeFileSync(path.join(program.makeFolder('letters'), 'to grandmother.txt'), 'the cat is well');
});
afterAll(() => program.close());

/** In no file of the profile, the log among them. */
function expectNoSecret(secret: string): void {
  const files = readdirSync(program.profile, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.map(({ name }) => name)).toContain('tidemark.log');
  for (const { parentPath, name } of files)
    expect(readFileSync(path.join(parentPath, name)).includes(secret), name).toBe(false);
}

test('alone: a place, a plan, a version, health and the log, each by a core of its own', async () => {
  const place = await program.run(['place', 'add', 'USB disk', 'backup', '--json']);
  expect(place.code, place.stderr).toBe(0);
  recoveryCode = (JSON.parse(place.stdout) as { recoveryCode: string }).recoveryCode;
  const plan = await program.run([
    'plan',
    'add',
    'Letters',
    'letters',
    '--place',
    'USB disk',
    '--keep-last',
    '5',
  ]);
  expect(plan.stdout).toContain('Added the plan Letters, which protects 1 folder.');

  const places = await program.run(['place', 'list']);
  expect(places.stdout).toContain('missing: "place unlock"');

  // Nobody to ask, and no keychain that would remember the key.
  const asked = await program.run(['run', 'Letters']);
  expect(asked.code).not.toBe(0);
  expect(asked.stderr).toContain('is not at hand');
  const run = await program.run(['run', '--all'], { TIDEMARK_PASSWORD: recoveryCode });
  expect(run).toMatchObject({ code: 0, stdout: 'Letters to USB disk: done.\n', stderr: '' });
  const snapshots = await program.run(['-r', 'backup', 'snapshots', '--json'], {
    TIDEMARK_PASSWORD: recoveryCode,
  });
  const listed = JSON.parse(snapshots.stdout) as { tags?: string[] }[];
  // Plans and settings travel there too.
  expect(listed.filter(({ tags = [] }) => !tags.includes('tidemark-settings'))).toHaveLength(1);

  const health = await program.run(['health', '--json']);
  expect(JSON.parse(health.stdout)).toMatchObject({
    isRunning: false,
    copies: [{ newestAtMs: expect.any(Number) as number }],
  });
  expect((await program.run(['activity', '--verify'])).stdout).toMatch(
    /^All \d+ entries are as they were written/,
  );
  expectNoSecret(recoveryCode);
}, 120_000);

test('served: the browser is let in, commands reach the core that runs, one more serve gives a link', async () => {
  const { child, link, port } = await program.serve([], { TIDEMARK_PASSWORD: recoveryCode });
  const page = { port, newLink: () => link, close: async () => undefined };
  const cookie = await enter(page, link);
  const socket = await openWebSocket(page, cookie);
  socket.send(JSON.stringify({ type: 'call', id: 1, name: 'app.info', input: {} }));
  const answer = new Promise<string>((resolve) =>
    socket.on('message', (data: Buffer) => {
      if (data.toString().includes('"answer"')) resolve(data.toString());
    }),
  );
  expect(JSON.parse(await answer)).toMatchObject({ output: { host: 'browser' } });

  // The password given at the start opened the place for the core that stays.
  const run = await program.run(['run', 'Letters', '--wait']);
  expect(run).toMatchObject({ code: 0, stdout: 'Letters to USB disk: done.\n' });
  const health = await program.run(['health', '--json']);
  expect(JSON.parse(health.stdout)).toMatchObject({ isRunning: true });

  const running = await connectToRunningCore(program.profile);
  const mirror = await running?.calls['mirror.get']({});
  const jobId = await running?.calls['jobs.start']({
    kind: 'saveSettings',
    placeId: mirror?.places[0]?.id ?? '',
  });
  expect(await running?.calls['jobs.wait']({ jobId: jobId ?? '' })).toMatchObject({ state: 'done' });
  running?.close();

  for (const args of [
    ['serve', '--new-link', '--json'],
    ['serve', '--json'],
  ]) {
    const other = await program.run(args);
    const told = JSON.parse(other.stdout) as { link: string; port: number };
    expect(told.port).toBe(port);
    await enter(page, told.link);
  }
  child.kill('SIGINT');
  await once(child, 'close');
  for (const secret of [recoveryCode, link.split('#')[1]!, cookie.split('=')[1]!]) expectNoSecret(secret);
  expect(existsSync(path.join(program.profile, 'core.sock'))).toBe(false);
  await expect(sendRaw(port, requestText('GET / HTTP/1.1', {}))).rejects.toThrow('ECONNREFUSED');
}, 120_000);

test('killed: what it leaves is no obstacle to commands, nor to the next one', async () => {
  const { child } = await program.serve();
  await program.run(['plan', 'pause', 'Letters']);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(existsSync(path.join(program.profile, 'core.sock'))).toBe(true);
  expect(await connectToRunningCore(program.profile)).toBeUndefined();
  expect((await program.run(['health'])).stdout).toContain('Letters');
  const plans = await program.run(['plan', 'list', '--json']);
  expect(JSON.parse(plans.stdout)).toMatchObject([
    { name: 'Letters', pause: { untilMs: expect.any(Number) as number } },
  ]);
  const next = await program.serve();
  next.child.kill('SIGTERM');
  await once(next.child, 'close');
}, 120_000);

test('the link in a file: for its owner only, over nothing that lies there, gone at the end', async () => {
  const file = path.join(program.folder, 'link');
  const elsewhere = path.join(program.folder, 'elsewhere');
  writeFileSync(elsewhere, 'precious');
  symlinkSync(elsewhere, file);
  const { child, port } = await program.serve(['--link-file', file]);
  const link = readFileSync(file, 'utf8').trim();
  const { mode } = lstatSync(file);
  expect([mode & 0o777, (mode & 0o170000) === 0o100000]).toEqual([0o600, true]);
  expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
  await enter({ port, newLink: () => link, close: async () => undefined }, link);
  const next = await program.run(['serve', '--link-file', file, '--json']);
  expect(next.stdout + next.stderr).not.toContain('#');
  expect(JSON.parse(next.stdout)).toEqual({ message_type: 'link', linkFile: file, port });
  expect(readFileSync(file, 'utf8').trim()).not.toBe(link);
  child.kill('SIGTERM');
  await once(child, 'close');
  // The second one's: only what this one wrote is removed by it.
  expect(existsSync(file)).toBe(true);
  const again = await program.serve(['--link-file', file]);
  again.child.kill('SIGTERM');
  await once(again.child, 'close');
  expect(existsSync(file)).toBe(false);
  const bad = await program.run(['serve', '--link-file', path.join(program.folder, 'no', 'folder')]);
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain('--link-file');
}, 120_000);

test('another recovery code: the one before it opens until the new one was shown, and both is said', async () => {
  const { child } = await program.serve([], { TIDEMARK_PASSWORD: recoveryCode });
  const next = await program.run(['place', 'renew-code', 'USB disk']);
  expect(next.stdout).toContain('The code before it still opens this place.');
  const code = /^ {4}(\S+)$/m.exec(next.stdout)![1]!;
  const opens = async (password: string): Promise<number | null> =>
    (await program.run(['-r', 'backup', 'snapshots'], { TIDEMARK_PASSWORD: password })).code;
  expect([await opens(recoveryCode), await opens(code)]).toEqual([0, 0]);
  const proven = await program.run(['place', 'prove', 'USB disk'], { TIDEMARK_PASSWORD: code });
  expect(proven.stdout).toContain('Codes made before it are withdrawn.');
  expect([await opens(recoveryCode), await opens(code)]).toEqual([12, 0]);
  recoveryCode = code;
  child.kill('SIGTERM');
  await once(child, 'close');
}, 120_000);

test('two commands at once: the second uses the core of the first, or waits until it ends', async () => {
  mkdirSync(path.join(program.folder, 'more'), { recursive: true });
  const ends = await Promise.all([
    program.run(['plan', 'change', 'Letters', '--keep-last', '6']),
    program.run(['plan', 'list', '--json']),
    program.run(['run', 'Letters'], { TIDEMARK_PASSWORD: recoveryCode }),
  ]);
  for (const { code, stderr } of ends) expect(code, stderr).toBe(0);
}, 120_000);

test('adopt: a new profile, the place and its recovery code bring the plan back', async () => {
  const fresh = {
    TIDEMARK_PROFILE: path.join(program.folder, 'new profile'),
    TIDEMARK_PASSWORD: recoveryCode,
  };
  const adopted = await program.run(['adopt', 'backup'], fresh);
  expect(adopted.stdout, adopted.stderr).toContain('Took over 1 plan and 1 backup place');
  const plans = await program.run(['plan', 'list', '--json'], fresh);
  expect(JSON.parse(plans.stdout)).toMatchObject([{ name: 'Letters' }]);
}, 120_000);

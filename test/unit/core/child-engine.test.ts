/** The engine in a process of its own, as browser mode starts it. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startChildEngine } from '#core/child-engine.ts';
import { startInProcessEngine } from '#core/in-process-engine.ts';
import type { EngineProcess } from '#contract/engine/engine-process.ts';
import { backupChoice, connectTo, temporaryFolder } from '#test/support/engine-service.ts';

function childrenOfThis(): string[] {
  const text = fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter((pid) => pid.trim() !== '');
}

function ended(engine: EngineProcess): Promise<void> {
  return new Promise((resolve) => engine.channel.onClose(resolve));
}

test('a place is made and used; no secret is in arguments or environment, and the process ends with its channel', async () => {
  process.env['TIDEMARK_PASSWORD'] = 'not for the engine';
  onTestFinished(() => void delete process.env['TIDEMARK_PASSWORD']);
  const before = childrenOfThis();
  const engine = startChildEngine();
  onTestFinished(() => engine.kill());
  const { calls } = connectTo(engine);
  const folder = temporaryFolder();
  const location = path.join(folder, 'place');
  fs.mkdirSync(path.join(folder, 'source'));
  fs.writeFileSync(path.join(folder, 'source/file'), 'content');
  const keys = await calls['place.create']({ placeId: 'one', location });
  expect(keys.recoveryCode).toMatch(/^([0-9A-Z]{5}-){7}[0-9A-Z]{5}$/);
  const access = { placeId: 'one', location, repositoryId: keys.repositoryId };
  const { version } = await calls.backup({ access, choice: backupChoice(path.join(folder, 'source')) });
  expect((await calls['versions.list']({ access })).versions).toEqual([version]);
  const [pid] = childrenOfThis().filter((each) => !before.includes(each));
  const about = ['cmdline', 'environ']
    .map((name) => fs.readFileSync(`/proc/${pid}/${name}`, 'latin1'))
    .join();
  expect(about).toContain('engine-process');
  expect(about).not.toContain('not for the engine');
  expect(about).not.toContain(keys.recoveryCode);
  engine.channel.close();
  await expect.poll(() => fs.existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
});

test('calls under way end when the process is killed', async () => {
  const engine = startChildEngine();
  const { calls } = connectTo(engine);
  await calls['place.secretState']({ access: { placeId: 'x', location: '/x', repositoryId: null } });
  const probing = calls['place.probe']({ location: temporaryFolder() });
  engine.kill();
  await expect(probing).rejects.toMatchObject({ code: 'internal.connectionLost' });
  await ended(engine);
});

test('a program that works once has the engine in its own process', async () => {
  const engine = startInProcessEngine();
  const { calls } = connectTo(engine);
  expect(await calls['place.probe']({ location: temporaryFolder() })).toMatchObject({ kind: 'empty' });
  engine.kill();
  await engine.ended;
});

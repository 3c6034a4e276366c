/** A restore file by file before it is done, files that are left alone, and folders that lie far apart. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import type { RestoreAsk } from '#contract/engine/engine-values.ts';
import { TidemarkError } from '#base/errors.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import { HeldStorage, type Hold } from '#test/support/held-storage.ts';
import { openTestRepository } from '#test/support/engine.ts';
import {
  backupChoice,
  makePlace,
  PLACE_PASSWORD,
  startTestEngine,
  temporaryFolder,
} from '#test/support/engine-service.ts';

const bytes = (text: string): ByteString => textToByteString(text);

test('each file is told beforehand with what it would meet; what is unticked is left alone', async () => {
  const engine = startTestEngine();
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  const at = (name: string): string => path.join(source, name);
  fs.mkdirSync(at('sub'), { recursive: true });
  for (const name of ['changed', 'missing', 'same', 'sub/kept out', 'sub/back'])
    fs.writeFileSync(at(name), `first ${name}`);
  const access = await makePlace(engine, path.join(folder, 'place'));
  const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
  fs.writeFileSync(at('changed'), 'second');
  fs.rmSync(at('missing'));
  fs.rmSync(at('sub'), { recursive: true });
  fs.writeFileSync(at('new'), 'came later');
  const ask: RestoreAsk = {
    snapshotId: version.snapshotId,
    paths: [],
    target: null,
    rule: 'exact',
    excludePaths: [bytes(at('sub/kept out'))],
  };
  const preview = await engine.calls['restore.prepare']({ access, ask, withFiles: true });
  expect(preview).toMatchObject({ restored: 2, updated: 1, unchanged: 1, removed: 1, filesCut: false });
  const lines = preview.files!.map(({ path: file, action, sizeBytes, currentModifiedMs }) => [
    path.relative(source, file),
    action,
    sizeBytes,
    currentModifiedMs === null ? 'nothing there' : 'there',
  ]);
  expect(lines.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ['changed', 'updated', 13, 'there'],
    ['missing', 'restored', 13, 'nothing there'],
    ['new', 'removed', 0, 'there'],
    ['same', 'unchanged', 10, 'there'],
    ['sub/back', 'restored', 14, 'nothing there'],
  ]);
  // What changes nothing comes last.
  expect(preview.files!.at(-1)).toMatchObject({ action: 'unchanged' });
  const { mtimeMs } = fs.statSync(at('changed'));
  const changed = preview.files!.find(({ action }) => action === 'updated');
  expect(changed?.currentModifiedMs).toBe(Math.floor(mtimeMs));

  await engine.calls.restore({ access, ask });
  expect(fs.readdirSync(source).toSorted()).toEqual(['.tidemark-undo', 'changed', 'missing', 'same', 'sub']);
  expect(fs.readdirSync(at('sub'))).toEqual(['back']);
  // Each file with its own rule: the plan tells what each of them does, by its path in the version.
  fs.writeFileSync(at('changed'), 'third');
  fs.writeFileSync(at('missing'), 'third');
  const own: RestoreAsk = {
    ...ask,
    rule: 'replace-keep-current',
    rulesByPath: [
      { path: bytes(at('changed')), rule: 'keep-both' },
      { path: bytes(at('sub')), rule: 'only-missing' },
    ],
  };
  const planned = await engine.calls['restore.prepare']({ access, ask: own, withFiles: true });
  expect(planned).toMatchObject({ updated: 1, beside: 1, kept: 1, unchanged: 1 });
  const actions = planned.files!.map((line) => [path.relative(source, line.path), line.action]);
  expect(Object.fromEntries(actions)).toEqual({
    changed: 'beside',
    missing: 'updated',
    same: 'unchanged',
    'sub/back': 'kept',
  });
  expect(planned.files!.find(({ action }) => action === 'beside')?.currentModifiedMs).toBe(
    Math.floor(fs.statSync(at('changed')).mtimeMs),
  );
  const { undos } = await engine.calls.restore({ access, ask: own });
  expect(fs.readFileSync(at('changed'), 'utf8')).toBe('third');
  expect(fs.readFileSync(at('missing'), 'utf8')).toBe('first missing');
  expect(fs.readdirSync(source).filter((name) => name.startsWith('changed ('))).toHaveLength(1);
  for (const one of undos) await engine.calls.undo(one);
  expect(fs.readFileSync(at('missing'), 'utf8')).toBe('third');
  expect(fs.readdirSync(source)).not.toContainEqual(expect.stringContaining('changed ('));

  const elsewhere = { ...ask, target: bytes(path.join(folder, 'target')), rule: 'keep-both' as const };
  const { files } = await engine.calls['restore.prepare']({ access, ask: elsewhere, withFiles: true });
  expect(files!.map(({ path: file }) => path.relative(source, file)).toSorted()).toEqual([
    'changed',
    'missing',
    'same',
    'sub/back',
  ]);
});

test('folders with nothing but the top in common come back each with its own way to be undone', async () => {
  const engine = startTestEngine();
  const folder = temporaryFolder();
  const [near, far] = [
    path.join(folder, 'near'),
    fs.realpathSync(fs.mkdtempSync(path.join('/var/tmp', 'tidemark-far-'))),
  ];
  onTestFinished(() => fs.rmSync(far, { recursive: true, force: true }));
  expect(os.tmpdir().startsWith('/var')).toBe(false);
  fs.mkdirSync(path.join(near, 'sub'), { recursive: true });
  fs.writeFileSync(path.join(near, 'sub/letter'), 'first');
  fs.writeFileSync(path.join(far, 'photo'), 'first');
  const access = await makePlace(engine, path.join(folder, 'place'));
  const choice = backupChoice(near, { sources: [bytes(near), bytes(far)] });
  const { version } = await engine.calls.backup({ access, choice });
  const spoil = (): void => {
    fs.writeFileSync(path.join(near, 'sub/letter'), 'spoilt');
    fs.writeFileSync(path.join(far, 'photo'), 'spoilt');
  };
  const words = (): string[] =>
    [path.join(near, 'sub/letter'), path.join(far, 'photo')].map((file) => fs.readFileSync(file, 'utf8'));
  const { snapshotId } = version;
  const ask: RestoreAsk = { snapshotId, paths: [], target: null, rule: 'replace-keep-current' };

  spoil();
  const preview = await engine.calls['restore.prepare']({ access, ask, withFiles: true });
  expect(preview).toMatchObject({ updated: 2, unchanged: 0, hasRoom: true });
  expect(preview.files!.map(({ path: file }) => file).toSorted()).toEqual(
    [path.join(near, 'sub/letter'), path.join(far, 'photo')].toSorted(),
  );
  const back = await engine.calls.restore({ access, ask });
  expect(words()).toEqual(['first', 'first']);
  expect(back).toMatchObject({ filesUpdated: 2, problems: 0 });
  expect(back.undos.map((undo) => undo.folder).toSorted()).toEqual([near, far].toSorted());
  for (const undo of back.undos)
    expect(await engine.calls.undo(undo)).toMatchObject({ returned: 1, isComplete: true });
  expect(words()).toEqual(['spoilt', 'spoilt']);
  // Undone is undone: it is put back by another restore, not by undoing that.
  await expect(engine.calls.undo(back.undos[0]!)).rejects.toMatchObject({ code: 'request.invalidInput' });

  const one = { ...ask, paths: [bytes(path.join(near, 'sub'))], excludePaths: [bytes(far)] };
  expect(await engine.calls.restore({ access, ask: one })).toMatchObject({ filesUpdated: 1, target: near });
  expect(words()).toEqual(['first', 'spoilt']);

  // A rule of a path is that of the part which the path holds, or lies in.
  spoil();
  const rulesByPath = [
    { path: bytes(near), rule: 'only-missing' as const },
    { path: bytes(path.join(far, 'photo')), rule: 'keep-both' as const },
  ];
  expect(await engine.calls.restore({ access, ask: { ...ask, rulesByPath } })).toMatchObject({
    filesRestored: 1,
    filesUpdated: 0,
    filesKept: 1,
  });
  expect(words()).toEqual(['spoilt', 'spoilt']);
  expect(fs.readdirSync(far).filter((name) => name.startsWith('photo ('))).toHaveLength(1);
});

test('elsewhere, what is chosen lies as below the lowest folder that holds all of it', async () => {
  const engine = startTestEngine();
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  for (const name of ['letters/2025/one', 'letters/2025/two', 'letters/2026/three', 'photos/boat']) {
    fs.mkdirSync(path.dirname(path.join(source, name)), { recursive: true });
    fs.writeFileSync(path.join(source, name), name);
  }
  const access = await makePlace(engine, path.join(folder, 'place'));
  const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
  const into = async (target: string, names: readonly string[], unticked: readonly string[] = []) => {
    const ask: RestoreAsk = {
      snapshotId: version.snapshotId,
      paths: names.map((name) => bytes(path.join(source, name))),
      excludePaths: unticked.map((name) => bytes(path.join(source, name))),
      target: bytes(path.join(folder, target)),
      rule: 'keep-both',
    };
    const { files } = await engine.calls['restore.prepare']({ access, ask, withFiles: true });
    expect(
      files!.map((file) => path.relative(source, file.path)).every((name) => !name.startsWith('..')),
    ).toBe(true);
    await engine.calls.restore({ access, ask });
    const found = fs.readdirSync(path.join(folder, target), { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.tidemark-undo'))
      .map((entry) => path.relative(path.join(folder, target), path.join(entry.parentPath, entry.name)))
      .toSorted();
  };
  expect(await into('a', ['letters/2025/one'])).toEqual(['one']);
  expect(await into('b', ['letters/2025', 'letters/2026/three'])).toEqual([
    '2025/one',
    '2025/two',
    '2026/three',
  ]);
  expect(await into('c', ['letters/2025'], ['letters/2025/two'])).toEqual(['2025/one']);
  expect(await into('d', ['letters', 'letters/2025/one'])).toEqual([
    'letters/2025/one',
    'letters/2025/two',
    'letters/2026/three',
  ]);
});

/** More than one load takes, so that a restore can be cut between two. */
const MANY = 600;

test.each([
  ['stopped', 'job.cancelled'],
  ['cut off from its place', 'storage.unreachable'],
] as const)('%s in the middle: what was done is the answer, and can be taken back', async (how, code) => {
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  for (let number = 0; number < MANY; number++) fs.writeFileSync(path.join(source, `${number}`), `${number}`);
  const parts = createEngineParts();
  let hold: Hold = () => undefined;
  const engine = startTestEngine({
    createPorts: (...which) => {
      const ports = parts.createPorts(...which);
      return { ...ports, storage: new HeldStorage(ports.storage, (...call) => hold(...call)) };
    },
  });
  const access = await makePlace(engine, path.join(folder, 'place'));
  const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
  const ask: RestoreAsk = {
    snapshotId: version.snapshotId,
    paths: [],
    target: null,
    rule: 'replace-keep-current',
  };
  let loads = 0;
  hold = (_method, type) => void (type === 'pack' && loads++);
  for (const name of fs.readdirSync(source)) fs.rmSync(path.join(source, name));
  await engine.calls.undo((await engine.calls.restore({ access, ask })).undos[0]!);

  const control = new AbortController();
  const go = Promise.withResolvers<void>();
  hold = (_method, type) => (type === 'pack' && --loads <= 0 ? go.promise : undefined);
  const outcome = await engine.calls.restore(
    { access, ask },
    {
      signal: control.signal,
      onProgress: () => {
        if (how === 'stopped') {
          control.abort();
          go.resolve();
        } else go.reject(new TidemarkError('storage.unreachable', { location: 'it', reason: 'gone' }));
      },
    },
  );
  const back = fs.readdirSync(source).filter((name) => name !== '.tidemark-undo');
  expect(back.length).toBeGreaterThan(0);
  expect(back.length).toBeLessThan(MANY);
  expect(outcome).toMatchObject({
    cut: { code },
    filesTotal: MANY,
    filesRestored: back.length,
    undos: [{ folder: source }],
  });
  for (const name of back) expect(fs.readFileSync(path.join(source, name), 'utf8')).toBe(name);
  expect(await engine.calls.undo(outcome.undos[0]!)).toMatchObject({
    removed: back.length,
    isComplete: true,
  });
  expect(fs.readdirSync(source)).toEqual(['.tidemark-undo']);
});

test('a proof under way, which lets nobody else in, does not keep a plan from being made', async () => {
  const { createPorts } = createEngineParts();
  const engine = startTestEngine({
    createPorts: (...where) => ({ ...createPorts(...where), lockPatienceMs: 0 }),
  });
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  fs.writeFileSync(path.join(source, 'letter'), 'first');
  const place = path.join(folder, 'place');
  const access = await makePlace(engine, place);
  const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
  fs.rmSync(path.join(source, 'letter'));
  const other = await openTestRepository(place, PLACE_PASSWORD);
  const held = await other.lock({ exclusive: true });
  onTestFinished(() => held.release());
  const ask: RestoreAsk = { snapshotId: version.snapshotId, paths: [], target: null, rule: 'only-missing' };
  expect(await engine.calls['restore.prepare']({ access, ask, withFiles: false })).toMatchObject({
    restored: 1,
  });
  await expect(engine.calls.restore({ access, ask })).rejects.toMatchObject({ code: 'repository.locked' });
});

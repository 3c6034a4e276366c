/** Some of a version as a zip file, read back by unzip; never in the place of a file that is there. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bytesToByteString, textToByteString, type ByteString } from '#base/byte-string.ts';
import { writeNewFile } from '#engine-service/new-file.ts';
import { backupChoice, makePlace, startTestEngine, temporaryFolder } from '#test/support/engine-service.ts';

const bytes = (text: string): ByteString => textToByteString(text);

const NO_UNZIP = spawnSync('unzip', ['-v']).status === 0 ? '' : ' (skipped: there is no unzip)';

test.skipIf(NO_UNZIP !== '')(
  `what was chosen is in the archive below the folder that holds all of it${NO_UNZIP}`,
  async () => {
    const engine = startTestEngine();
    const folder = temporaryFolder();
    const source = path.join(folder, 'source');
    fs.mkdirSync(path.join(source, 'letters/old'), { recursive: true });
    fs.writeFileSync(path.join(source, 'letters/one.txt'), 'first letter');
    fs.writeFileSync(path.join(source, 'letters/old/two.txt'), 'second letter');
    fs.writeFileSync(path.join(source, 'photo'), Buffer.alloc(3_000_000, 'p'));
    fs.writeFileSync(path.join(source, 'other'), 'not chosen');
    fs.writeFileSync(Buffer.concat([Buffer.from(`${source}/letters/`), Buffer.from([0x6f, 0xff])]), 'odd');
    const access = await makePlace(engine, path.join(folder, 'place'));
    const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
    const target = path.join(folder, 'out.zip');
    const at = (name: string): ByteString => bytes(path.join(source, name));
    const of = (...paths: ByteString[]) => [{ snapshotId: version.snapshotId, paths }];
    const ask = { from: of(at('letters'), at('photo'), at('letters/old')), target: bytes(target) };
    const outcome = await engine.calls.export({ access, ask });
    expect(outcome).toEqual({ files: 4, bytes: fs.statSync(target).size, changedNames: 1, skipped: 0 });
    const listed = execFileSync('unzip', ['-Z1', target], { encoding: 'utf8' });
    expect(listed.trim().split('\n').toSorted()).toEqual([
      'letters/',
      'letters/o%ff',
      'letters/old/',
      'letters/old/two.txt',
      'letters/one.txt',
      'photo',
    ]);
    expect(execFileSync('unzip', ['-p', target, 'letters/old/two.txt'], { encoding: 'utf8' })).toBe(
      'second letter',
    );
    expect(execFileSync('unzip', ['-tq', target], { encoding: 'utf8' })).toContain('No errors');

    const before = fs.readFileSync(target);
    const again = await engine.calls.export({ access, ask }).catch((error: unknown) => error);
    expect(again).toMatchObject({ code: 'files.targetExists', data: { path: target } });
    expect(fs.readFileSync(target).equals(before)).toBe(true);
    const single = { ...ask, from: of(at('letters/one.txt')), target: bytes(path.join(folder, 'one.zip')) };
    await engine.calls.export({ access, ask: single });
    expect(execFileSync('unzip', ['-Z1', path.join(folder, 'one.zip')], { encoding: 'utf8' })).toBe(
      'one.txt\n',
    );
    const everything = { ...ask, from: of(), target: bytes(path.join(folder, 'all.zip')) };
    expect(await engine.calls.export({ access, ask: everything })).toMatchObject({ files: 5 });

    // Whatever goes wrong, nothing unfinished stays.
    const names = fs.readdirSync(folder).toSorted();
    const wrong = (changes: object) => engine.calls.export({ access, ask: { ...ask, ...changes } });
    const fresh = bytes(path.join(folder, 'new.zip'));
    await expect(wrong({ target: fresh, from: of(at('nothing')) })).rejects.toMatchObject({
      code: 'files.pathNotInSnapshot',
    });
    await expect(wrong({ target: bytes('new.zip') })).rejects.toMatchObject({ code: 'request.invalidInput' });
    await expect(wrong({ target: bytes(path.join(folder, 'no folder/new.zip')) })).rejects.toMatchObject({
      code: 'files.targetNotWritable',
    });
    const stop = new AbortController();
    const stopped = engine.calls.export({ access, ask: { ...ask, target: fresh } }, { signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'job.cancelled' });
    await expect.poll(() => fs.readdirSync(folder).toSorted()).toEqual(names);
  },
);

test.skipIf(NO_UNZIP !== '')(`each of what was chosen comes from its own version${NO_UNZIP}`, async () => {
  const engine = startTestEngine();
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  const at = (name: string): ByteString => bytes(path.join(source, name));
  const access = await makePlace(engine, path.join(folder, 'place'));
  const backUp = async (): Promise<string> =>
    (await engine.calls.backup({ access, choice: backupChoice(source) })).version.snapshotId;
  fs.mkdirSync(path.join(source, 'letters/drafts'), { recursive: true });
  fs.writeFileSync(path.join(source, 'letters/deleted.txt'), 'deleted later');
  fs.writeFileSync(path.join(source, 'letters/drafts/try.txt'), 'first try');
  fs.writeFileSync(path.join(source, 'letters/one.txt'), 'one, before');
  const old = await backUp();
  fs.rmSync(path.join(source, 'letters/deleted.txt'));
  fs.writeFileSync(path.join(source, 'letters/one.txt'), 'one, after');
  fs.writeFileSync(path.join(source, 'letters/drafts/try.txt'), 'second try');
  fs.writeFileSync(path.join(source, 'letters/drafts/new.txt'), 'not there before');
  const now = await backUp();

  const target = path.join(folder, 'out.zip');
  const from = [
    { snapshotId: now, paths: [at('letters')] },
    { snapshotId: old, paths: [at('letters/deleted.txt'), at('letters/drafts')] },
  ];
  const outcome = await engine.calls.export({ access, ask: { from, target: bytes(target) } });
  expect(outcome).toMatchObject({ files: 3, changedNames: 0, skipped: 0 });
  const names = execFileSync('unzip', ['-Z1', target], { encoding: 'utf8' }).trim().split('\n');
  const contents = names
    .filter((name) => !name.endsWith('/'))
    .map((name) => [name, execFileSync('unzip', ['-p', target, name], { encoding: 'utf8' })]);
  expect(Object.fromEntries(contents)).toEqual({
    'letters/one.txt': 'one, after',
    'letters/deleted.txt': 'deleted later',
    'letters/drafts/try.txt': 'first try',
  });
  expect(names).toHaveLength(new Set(names).size);

  const twice = [now, old].map((snapshotId) => ({ snapshotId, paths: [at('letters')] }));
  const refused = engine.calls.export({
    access,
    ask: { from: twice, target: bytes(path.join(folder, 'two.zip')) },
  });
  await expect(refused).rejects.toMatchObject({ code: 'request.invalidInput' });
  expect(fs.existsSync(path.join(folder, 'two.zip'))).toBe(false);
});

test('a file that comes meanwhile stays, and a failure leaves nothing', async () => {
  const folder = temporaryFolder();
  const target = bytesToByteString(Buffer.from(path.join(folder, 'file')));
  const write = writeNewFile(target, 'abcd', async (sink) => {
    await sink(Buffer.from('ours'));
    fs.writeFileSync(path.join(folder, 'file'), 'theirs');
  });
  await expect(write).rejects.toMatchObject({ code: 'files.targetExists' });
  expect(fs.readFileSync(path.join(folder, 'file'), 'utf8')).toBe('theirs');
  fs.rmSync(path.join(folder, 'file'));
  const failing = writeNewFile(target, 'abcd', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(fs.readdirSync(folder)).toEqual([]);
});

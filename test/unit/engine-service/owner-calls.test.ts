/** Whose an entry was: as it was at that version, read once for a folder, by number where nobody knows a name. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import { backupChoice, makePlace, startTestEngine, temporaryFolder } from '#test/support/engine-service.ts';

/** Kinds of files that were read from the place. */
const reads: string[] = [];
const { createPorts } = createEngineParts();
function createCountingPorts(...which: Parameters<typeof createPorts>): ReturnType<typeof createPorts> {
  const ports = createPorts(...which);
  const load = ports.storage.load.bind(ports.storage);
  ports.storage.load = (kind, ...rest) => {
    reads.push(kind);
    return load(kind, ...rest);
  };
  return ports;
}

test('owner and permissions are those of the version, not of today', async () => {
  const engine = startTestEngine({ createPorts: createCountingPorts });
  const { calls } = engine;
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  const at = (name: string): ByteString => textToByteString(path.join(source, name));
  fs.mkdirSync(path.join(source, 'shared'), { recursive: true });
  fs.chmodSync(path.join(source, 'shared'), 0o1770);
  fs.writeFileSync(at('letter'), 'words');
  fs.writeFileSync(at('tool'), 'runs');
  fs.chmodSync(at('letter'), 0o640);
  fs.chmodSync(at('tool'), 0o4755);
  const access = await makePlace(engine, path.join(folder, 'place'));
  const backUp = async () =>
    (await calls.backup({ access, choice: backupChoice(source) })).version.snapshotId;
  const first = await backUp();
  fs.chmodSync(at('letter'), 0o600);
  const second = await backUp();

  const { uid, gid, username } = os.userInfo();
  const owner = (snapshotId: string, name: string) => calls.owner({ access, snapshotId, path: at(name) });
  expect(await owner(first, 'letter')).toMatchObject({ user: username, uid, gid, permissions: 0o640 });
  expect(await owner(second, 'letter')).toMatchObject({ permissions: 0o600 });
  expect(await owner(first, 'shared')).toMatchObject({ permissions: 0o1770 });
  reads.length = 0;
  expect(await owner(first, 'tool')).toMatchObject({ permissions: 0o4755 });
  expect(reads).toEqual([]);

  await expect(owner(first, 'never')).rejects.toMatchObject({ code: 'files.pathNotInSnapshot' });
  await expect(owner(first, 'shared/never')).rejects.toMatchObject({ code: 'files.pathNotInSnapshot' });
  expect(await calls.owner({ access, snapshotId: first, path: '/' as ByteString })).toBeNull();

  fs.renameSync(access.location, path.join(folder, 'unplugged'));
  await expect(owner(second, 'shared/never')).rejects.toMatchObject({
    code: expect.stringMatching(/^(storage.unreachable|repository.notFound)$/) as string,
  });
});

/** Looking at parts of a file: only what they touch is read, what is known is not asked for again, damage is named. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { systemClock } from '#base/system-clock.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import { openTestRepository } from '#test/support/engine.ts';
import {
  backupChoice,
  makePlace,
  PLACE_PASSWORD,
  startTestEngine,
  temporaryFolder,
} from '#test/support/engine-service.ts';
import { runPrune } from '#test/support/prune.ts';

const MIB = 1 << 20;

/** Every read of a place, as `kind bytes`. */
const reads: string[] = [];
const { createPorts } = createEngineParts();
function createCountingPorts(...which: Parameters<typeof createPorts>): ReturnType<typeof createPorts> {
  const ports = createPorts(...which);
  const { storage } = ports;
  const load = storage.load.bind(storage);
  storage.load = (kind, name, range, signal) => {
    reads.push(range === undefined ? kind : `${kind} ${range.length}`);
    return load(kind, name, range, signal);
  };
  return ports;
}
const packReads = () => reads.filter((read) => read.startsWith('pack'));

async function makeWorld() {
  const engine = startTestEngine({ createPorts: createCountingPorts, clock: systemClock });
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  // Words that repeat only far apart, so that there are several pieces and nothing can be seen by size alone.
  const content = Buffer.alloc(12 * MIB);
  for (let at = 0, state = 1; at < content.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    content.writeUInt32LE(state, at);
  }
  fs.writeFileSync(path.join(source, 'film'), content);
  fs.writeFileSync(path.join(source, 'empty'), '');
  const access = await makePlace(engine, path.join(folder, 'place'));
  const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
  const film = textToByteString(path.join(source, 'film'));
  const ask = { access, snapshotId: version.snapshotId, path: film };
  const read = async (offset: number, length: number) => {
    const part = await engine.calls.content({ ...ask, offset, length });
    expect(part).toMatchObject({ sizeBytes: content.length, offset });
    return Buffer.from(part.base64, 'base64');
  };
  reads.length = 0;
  return { ...engine, folder, source, access, ask, read, content };
}

function packFiles({ location }: PlaceAccess): string[] {
  return fs
    .readdirSync(path.join(location, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test('any part is read by the pieces it touches, reading on costs no index; what moved is found, damage is named', async () => {
  const { read, content, calls, ask, source, access, folder } = await makeWorld();
  expect(await read(5 * MIB + 7, 1000)).toEqual(content.subarray(5 * MIB + 7, 5 * MIB + 1007));
  // Trees, and one piece of at most 8 MiB of the 12.
  const bytes = packReads().map((each) => Number(each.split(' ')[1]));
  expect(Math.max(...bytes)).toBeLessThan(9 * MIB);
  reads.length = 0;
  expect(await read(5 * MIB + 1007, 10)).toEqual(content.subarray(5 * MIB + 1007, 5 * MIB + 1017));
  expect(packReads()).toEqual([]);
  expect(reads).not.toContain('index');
  for (let offset = 0; offset < content.length; offset += 3 * MIB)
    expect((await read(offset, 3 * MIB)).equals(content.subarray(offset, offset + 3 * MIB))).toBe(true);
  expect(reads.filter((each) => each === 'index')).toEqual([]);
  expect(await read(content.length - 5, 100)).toEqual(content.subarray(-5));
  expect(await read(content.length + 5, 100)).toHaveLength(0);

  const empty = textToByteString(path.join(source, 'empty'));
  expect(await calls.content({ ...ask, path: empty, offset: 0, length: 10 })).toEqual({
    sizeBytes: 0,
    offset: 0,
    base64: '',
  });
  const nothing = { ...ask, path: textToByteString(path.join(source, 'nothing')), offset: 0, length: 1 };
  await expect(calls.content(nothing)).rejects.toMatchObject({ code: 'files.pathNotInSnapshot' });
  await expect(
    calls.content({ ...ask, path: textToByteString(source), offset: 0, length: 1 }),
  ).rejects.toMatchObject({ code: 'request.invalidInput' });

  // What moved in a clean-up is found again.
  const repository = await openTestRepository(access.location, PLACE_PASSWORD);
  const before = packFiles(access);
  const sizes = new Map(before.map((file) => [file, fs.statSync(file).size]));
  // None of it can be made smaller, so all of it is packed anew.
  await runPrune(repository, repository.storage, { repackUncompressed: true });
  const largest = before.toSorted((one, other) => sizes.get(other)! - sizes.get(one)!)[0]!;
  expect(packFiles(access)).not.toContain(largest);
  expect(await read(11 * MIB, 10)).toEqual(content.subarray(11 * MIB, 11 * MIB + 10));

  // What is damaged or away is said.
  for (const file of packFiles(access)) {
    fs.chmodSync(file, 0o600);
    const bytes = fs.readFileSync(file);
    // Whichever piece lies where: every one is hit, for none is shorter than half a MiB.
    for (let at = 100; at < bytes.length - 4096; at += MIB / 4) bytes.fill(0, at, at + 100);
    fs.writeFileSync(file, bytes);
  }
  await expect(read(0, 4 * MIB)).rejects.toMatchObject({
    code: expect.stringMatching(/^integrity\./) as string,
  });
  fs.renameSync(access.location, path.join(folder, 'unplugged'));
  await expect(read(0, 10)).rejects.toMatchObject({
    code: expect.stringMatching(/^(storage.unreachable|repository.notFound)$/) as string,
  });
});

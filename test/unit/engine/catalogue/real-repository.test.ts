/** A catalogue of a real repository that backups made, held against listings of its snapshots; with damage in its packs. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { repositorySource } from '#catalogue/catalogue-source.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { listSnapshot } from '#operations/ls.ts';
import type { Repository } from '#repository/repository.ts';
import { seriesTag } from '#rules/snapshot-groups.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { openCatalogue, ROOT } from '#test/support/catalogue.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { RandomTree } from '#test/support/random-tree.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-catalogue-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function listAll(catalogue: Catalogue, snapshotId: string, at: ByteString): string[] {
  const found = catalogue.openFolder(snapshotId, at, { deleted: 'none' });
  if (found.kind !== 'folder') throw new Error(`${at}: ${found.kind}`);
  return found.entries.flatMap(({ name, kind, sizeBytes, modifiedMs }) => {
    const path = (at === ROOT ? `/${name}` : `${at}/${name}`) as ByteString;
    return [
      `${path} ${kind} ${sizeBytes} ${modifiedMs}`,
      ...(kind === 'folder' ? listAll(catalogue, snapshotId, path) : []),
    ];
  });
}

async function listStored(repository: Repository, snapshot: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const listed of listSnapshot(repository, { snapshot })) {
    if (listed.kind !== 'entry') continue;
    const { path, node } = listed;
    const kind = { file: 'file', dir: 'folder', symlink: 'symlink' }[String(node.type)] ?? 'other';
    const size = kind === 'file' ? node.size : 0n;
    lines.push(`${path} ${kind} ${size} ${Math.floor(new Date(node.mtime!).getTime())}`);
  }
  return lines;
}

test(
  'every folder of every version is as it is stored, also after some are forgotten',
  { timeout: 60_000 },
  async () => {
    const { repository } = await makeMemoryRepository();
    const tree = new RandomTree(join(folder, 'home'), new SeededRandom(5), { entries: 40, fileBytes: 2000 });
    const catalogue = await openCatalogue({ repositoryId: repository.config.id });
    const check = async (): Promise<void> => {
      const reader = reopen(repository);
      await catalogue.update(repositorySource(reader));
      for (const { snapshotId } of catalogue.points())
        expect(listAll(catalogue, snapshotId, ROOT).toSorted()).toEqual(
          (await listStored(reader, snapshotId)).toSorted(),
        );
    };
    for (let round = 0; round < 4; round++) {
      tree.mutate(12);
      await backUp(repository, tree.root, { tags: [seriesTag(round === 2 ? 'other' : 's')] });
      if (round !== 1) await check();
    }
    const [second] = catalogue.points().slice(1);
    await repository.files.remove('snapshot', second!.snapshotId);
    await check();
    expect(catalogue.points()).toHaveLength(3);
    await catalogue.close();
  },
);

test('an index that was loaded before a backup: its version waits, and is not taken for damaged', async () => {
  const { repository } = await makeMemoryRepository();
  fs.writeFileSync(join(folder, 'file'), 'one');
  await backUp(repository, folder);
  const old = reopen(repository);
  const catalogue = await openCatalogue({ repositoryId: repository.config.id });
  await catalogue.update(repositorySource(old));
  fs.writeFileSync(join(folder, 'file'), 'two');
  await backUp(repository, folder);
  await catalogue.update(repositorySource(old));
  expect(catalogue.points().map(({ state }) => state)).toEqual(['known', 'waiting']);
  await catalogue.update(repositorySource(reopen(repository)));
  expect(catalogue.points().map(({ state }) => state)).toEqual(['known', 'known']);
  await catalogue.close();
});

test('packs that are gone: their folders are told as damaged, the rest of history is there', async () => {
  const { repository, storage } = await makeMemoryRepository();
  for (const text of ['one', 'two']) {
    fs.writeFileSync(join(folder, 'file'), text);
    await backUp(repository, folder);
    if (text === 'one') for (const { name } of await storage.list('pack')) await storage.remove('pack', name);
  }
  const catalogue = await openCatalogue({ repositoryId: repository.config.id });
  expect(await catalogue.update(repositorySource(reopen(repository)))).toMatchObject({
    pointsRead: 2,
    damagedPoints: 1,
  });
  const [first, second] = catalogue.points();
  expect([first?.state, second?.state]).toEqual(['partly', 'known']);
  expect(catalogue.openFolder(first!.snapshotId, textToByteString(folder))).toEqual({ kind: 'damaged' });
  expect(catalogue.openFolder(second!.snapshotId, textToByteString(folder))).toMatchObject({
    kind: 'folder',
    entries: [{ label: 'file' }],
  });
  await catalogue.close();
});

/** The operations on repositories that restic made, against what was seen on the source. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { executeCheck } from '#operations/check/execute.ts';
import { executeDump } from '#operations/dump.ts';
import { listKeys } from '#operations/keys.ts';
import { listSnapshot } from '#operations/ls.ts';
import { listSnapshots } from '#operations/snapshots.ts';
import type { Repository } from '#repository/repository.ts';
import { describeNode, hardLinkGroups, sortedGroups } from '#test/support/describe-node.ts';
import { openTestRepository, reopen, testPipeline } from '#test/support/engine.ts';
import { extractFixture, FIXTURE_NAMES, loadExpected } from '#test/support/fixture-repository.ts';

describe.each(FIXTURE_NAMES)('%s', (name) => {
  const expected = loadExpected(name);
  let repository: Repository;

  beforeAll(async () => {
    repository = await openTestRepository(await extractFixture(name), expected.passwords[0]);
  });

  test('a check that reads all data finds nothing wrong', async () => {
    const parts = { repository: reopen(repository), pipeline: testPipeline };
    const result = await executeCheck(parts, { readData: 'all', noLock: false });
    expect(result.errors).toEqual([]);
    expect(result.affected).toEqual([]);
    expect(result.counts.packsRead).toBe(expected.packs.length);
    expect(result.counts.snapshots).toBe(expected.snapshots.length);
    // The source has names and sizes as a disk has them.
    expect(result.hints.filter(({ code }) => code === 'nodeOdd' || code === 'fileSizeDiffers')).toEqual([]);
  });

  test('snapshots and keys are listed', async () => {
    const { snapshots, damaged } = await listSnapshots(reopen(repository), {});
    expect(damaged).toEqual([]);
    expect(snapshots.map(({ id }) => id as string).toSorted()).toEqual(
      expected.snapshots.map(({ id }) => id).toSorted(),
    );
    const keys = await listKeys(reopen(repository));
    expect(keys.map(({ id }) => id as string).toSorted()).toEqual(expected.files.keys.toSorted());
    expect(keys.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
  });

  test.each(expected.snapshots.map((snapshot) => [snapshot.id.slice(0, 8), snapshot] as const))(
    'every entry of snapshot %s is listed, and every file is given out',
    async (_shortId, want) => {
      const reader = reopen(repository);
      const found: { path: string; node: TreeNode }[] = [];
      for await (const listed of listSnapshot(reader, { snapshot: want.id })) {
        if (listed.kind === 'entry') found.push(listed);
        else expect(listed.stored.id).toBe(want.id);
      }
      const byPath = new Map(found.map(({ path, node }) => [path, node]));
      expect(found).toHaveLength(want.entries.length);
      for (const entry of want.entries) {
        const path = Buffer.from(entry.path_b64, 'base64').toString('latin1') as ByteString;
        const node = byPath.get(path)!;
        const content = node.type === 'file' ? await dumpFile(reader, want.id, path) : new Uint8Array();
        expect(describeNode(node, entry, content)).toEqual(entry);
      }
      expect(hardLinkGroups(found)).toEqual(sortedGroups(want.hardlink_groups));
    },
  );
});

async function dumpFile(repository: Repository, snapshot: string, path: ByteString): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const sink = async (bytes: Uint8Array): Promise<void> => void parts.push(bytes);
  await executeDump(repository, { snapshot, path, archive: 'tar' }, sink);
  return Buffer.concat(parts);
}

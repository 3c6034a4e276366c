import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertSameDisk, loadDiskIdentity, type DiskIdentity } from '#storage/local/disk-identity.ts';
import { expectCode } from '#test/suites/storage-suite.ts';

let folder: string;
let identity: DiskIdentity;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-identity-'));
  const found = await loadDiskIdentity(folder);
  if (found === undefined) throw new Error('a fresh folder is no folder');
  identity = found;
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('the same folder passes, also where no time of birth is known', async () => {
  await assertSameDisk(folder, identity);
  await assertSameDisk(folder, { ...identity, birthNs: undefined });
});

test('another device, another inode or nothing is another disk', async () => {
  await expectCode(
    assertSameDisk(folder, { ...identity, device: identity.device + 1n }),
    'storage.driveGone',
  );
  await expectCode(assertSameDisk(folder, { ...identity, inode: identity.inode + 1n }), 'storage.driveGone');
  await rm(folder, { recursive: true });
  await expectCode(assertSameDisk(folder, identity), 'storage.driveGone');
});

test('a time of birth that is known is not that of the last change', async () => {
  // A fresh folder was born with its last change; then the time tells nothing.
  expect(identity.birthNs).toBeUndefined();
});

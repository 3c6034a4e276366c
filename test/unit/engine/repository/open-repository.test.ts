/** Opening the repository that is meant, and no other that happens to lie there. */
import { expect, it } from 'vitest';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { openRepository } from '#repository/open-repository.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { makeMemoryRepository, TEST_PASSWORD } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { failureOf } from '#test/support/upkeep-works.ts';

it('C4 another disk under the same path, between two runs: told apart by id, and nothing is written to it', async () => {
  const [meant, other] = [await makeMemoryRepository(), await makeMemoryRepository()];
  for (const { repository } of [meant, other]) await giveCheapKey(repository, TEST_PASSWORD);
  const meantId = meant.repository.config.id;
  const password = Buffer.from(TEST_PASSWORD);
  const before = new Map(other.storage.files);
  const watched = new FaultStorage(other.storage);
  const opening = openRepository(createRepositoryPorts(watched), password, undefined, {
    expectedId: meantId,
  });
  expect(await failureOf(opening)).toMatchObject({
    code: 'storage.wrongDrive',
    data: { expectedId: meantId, foundId: other.repository.config.id },
  });
  expect(watched.changeCount).toBe(0);
  expect(new Map(other.storage.files)).toEqual(before);
  const opened = await openRepository(createRepositoryPorts(meant.storage), password, undefined, {
    expectedId: meantId,
  });
  expect(opened.config.id).toBe(meantId);
});

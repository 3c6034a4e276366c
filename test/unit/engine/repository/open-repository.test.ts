/** Opening the repository that is meant, and no other that happens to lie there. */
import { beforeEach, describe, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { Repository } from '#repository/repository.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { makeMemoryRepository, TEST_PASSWORD } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { RoundStorage } from '#test/support/round-storage.ts';
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

describe('while the place is being opened', () => {
  let storage: MemoryStorage;
  const open = (place: Storage): Promise<Repository> =>
    openRepository(createRepositoryPorts(place), Buffer.from(TEST_PASSWORD));

  beforeEach(async () => {
    const made = await makeMemoryRepository();
    storage = made.storage;
    await giveCheapKey(made.repository, TEST_PASSWORD);
  });

  it('config and keys are asked for already', async () => {
    const far = new RoundStorage(storage);
    await open(far);
    expect(far.rounds).toEqual([['list key', 'load config', 'open'], ['load key']]);
  });

  it('they are not where a place wants to be opened first', async () => {
    const far = new RoundStorage(storage);
    Object.defineProperty(far, 'capabilities', {
      value: { ...storage.capabilities, readsWhileOpening: false },
    });
    await open(far);
    expect(far.rounds).toEqual([['open'], ['list key', 'load config'], ['load key']]);
  });

  it('what could not be read is read once more, because opening told how', async () => {
    const faults = new FaultStorage(storage);
    const data = { location: 'memory', operation: 'load' };
    faults.plan('load', { kind: 'fail', error: new TidemarkError('storage.accessDenied', data) });
    await open(faults);
    faults.assertAllReached();
  });

  it('a wrong password is tried once', async () => {
    const far = new RoundStorage(storage);
    const opening = openRepository(createRepositoryPorts(far), Buffer.from('wrong'));
    expect(await failureOf(opening)).toMatchObject({ code: 'repository.wrongPassword' });
    expect(far.rounds).toEqual([['list key', 'load config', 'open'], ['load key']]);
  });

  it('a place that is not there is told as that, and nobody goes on asking it', async () => {
    const stopped: (AbortSignal | undefined)[] = [];
    const missing = new MemoryStorage();
    missing.load = (_type, _name, _range, signal) => {
      stopped.push(signal);
      return new Promise(() => undefined);
    };
    expect(await failureOf(open(missing))).toMatchObject({ code: 'storage.unreachable' });
    expect(stopped.map((signal) => signal?.aborted)).toEqual([true]);
  });
});

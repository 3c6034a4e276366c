/** How often a backup waits for the answers of a far place, one after the other: what could go together and what must not. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { openRepository } from '#repository/open-repository.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { backupRequest, makeMemoryRepository, TEST_PASSWORD } from '#test/support/engine.ts';
import { hastyClock } from '#test/support/hasty-clock.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { RoundStorage } from '#test/support/round-storage.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';

const OPENING = [['list key', 'load config', 'open'], ['load key']];
const LOCKING = [['list lock'], ['save lock']];
const ENDING = [['save snapshot'], ['load snapshot'], ['remove lock']];

let source = '';
let place: MemoryStorage;

beforeEach(async () => {
  source = fs.mkdtempSync(join(tmpdir(), 'tidemark-rounds-'));
  for (const name of ['one', 'two', 'three']) fs.writeFileSync(join(source, name), randomBytes(400_000));
  const { repository, storage } = await makeMemoryRepository();
  await giveCheapKey(repository, TEST_PASSWORD);
  place = storage;
});

afterEach(() => fs.rmSync(source, { recursive: true, force: true }));

async function roundsOfBackup(isFar = false, packSizeBytes = 16 << 20): Promise<string[][]> {
  const far = new RoundStorage(place);
  Object.defineProperty(far, 'capabilities', { value: { ...place.capabilities, isFar } });
  const ports = { ...createRepositoryPorts(far), clock: hastyClock };
  const repository = await openRepository(ports, Buffer.from(TEST_PASSWORD));
  const parts = { repository, files: createSourceFiles(), pipeline: inThreadBackupPipeline };
  // From inside, so that nothing above it is part of the version: others work beside it.
  const request = backupRequest(['.'], { workingFolder: textToByteString(source), packSizeBytes });
  await executeBackup(parts, request);
  return far.rounds;
}

it('a first backup waits for its packs together, then for the index, then for the snapshot', async () => {
  expect(await roundsOfBackup()).toEqual([
    ...OPENING,
    ...LOCKING,
    ['list snapshot', 'load lock'],
    ['list index', 'list lock', 'list pack'],
    ['save pack', 'save pack'],
    ['stat pack', 'stat pack'],
    ['save index'],
    ['load index'],
    ...ENDING,
  ]);
});

it('an unchanged one looks at nothing twice', async () => {
  await roundsOfBackup();
  expect(await roundsOfBackup()).toEqual([
    ...OPENING,
    ...LOCKING,
    ['list snapshot', 'load lock'],
    ['list lock', 'load snapshot'],
    ['list index'],
    ['load index'],
    // Trees of the version before, which a cache would have.
    ['stat pack'],
    ['load pack'],
    ...ENDING,
  ]);
});

it('a far place gets its first pack sooner, and the next one while that is on its way', async () => {
  const rounds = (await roundsOfBackup(true, 700_000)).filter((round) => round.includes('save pack'));
  expect(rounds).toEqual([['save pack', 'save pack'], ['save pack']]);
});

it('a near one gets whole packs, one at a time', async () => {
  const rounds = (await roundsOfBackup(false, 700_000)).filter((round) => round.includes('save pack'));
  expect(rounds[0]).toEqual(['save pack']);
  expect(rounds.flat()).toHaveLength(3);
});

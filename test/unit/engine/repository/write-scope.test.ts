/** The end of writing: what goes up together, and what waits for what. */
import { randomBytes } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import type { BlobType, UnfinishedPack } from '#pipeline/protocol.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { RoundStorage } from '#test/support/round-storage.ts';

const PACK_BYTES = 1000;

let memory: MemoryStorage;
let faults: FaultStorage;
let far: RoundStorage;
let scope: WriteScope;

beforeEach(async () => {
  const { repository, storage } = await makeMemoryRepository();
  memory = storage;
  faults = new FaultStorage(memory);
  far = new RoundStorage(faults);
  const reopened = reopen(repository, far);
  await reopened.loadIndex();
  far.rounds.length = 0;
  scope = reopened.openWriteScope({ assertHeld: () => Promise.resolve() });
});

function leftover(blobType: BlobType): UnfinishedPack {
  const bytes = new Uint8Array(randomBytes(700));
  return {
    blobType,
    bytes,
    ids: new Uint8Array(randomBytes(32)),
    places: Uint32Array.of(0, bytes.length, 0),
  };
}

async function indexCount(): Promise<number> {
  return (await memory.list('index')).length;
}

it('leftovers go up two at a time, beside what is under way; the index waits for all of it', async () => {
  let end = (): void => undefined;
  const underWay = new Promise<void>((resolve) => (end = resolve));
  const leftovers = [leftover('data'), leftover('data'), leftover('tree')];
  const finishing = scope.finish(leftovers, PACK_BYTES, underWay);
  await expect.poll(() => far.rounds.length).toBe(4);
  expect(far.rounds).toEqual([
    ['save pack', 'save pack'],
    ['stat pack', 'stat pack'],
    ['save pack'],
    ['stat pack'],
  ]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await indexCount()).toBe(0);
  end();
  await finishing;
  expect(far.rounds.slice(4)).toEqual([['save index'], ['load index']]);
});

it.each(['a pack under way', 'a leftover'])(
  'no index is written when %s fails, and nothing is under way any more then',
  async (what) => {
    const failure = new TidemarkError('storage.full', { location: 'memory', outOfInodes: false });
    if (what === 'a leftover') faults.plan('save', { kind: 'fail', error: failure }, { skip: 1 });
    const underWay = what === 'a leftover' ? Promise.resolve() : Promise.reject(failure);
    const leftovers = [leftover('data'), leftover('tree'), leftover('data')];
    await expect(scope.finish(leftovers, PACK_BYTES, underWay)).rejects.toBe(failure);
    const asked = far.rounds.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(far.rounds.length).toBe(asked);
    expect(await indexCount()).toBe(0);
  },
);

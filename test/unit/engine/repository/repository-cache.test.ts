/** A far place whose index and trees are kept nearby: asked once, never believed, and asked itself by who checks. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { executeCheck } from '#operations/check/execute.ts';
import { Repository } from '#repository/repository.ts';
import { FileCache } from '#storage/cache/file-cache.ts';
import { TraceStorage } from '#storage/decorators/trace-storage.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backupRequest, makeMemoryRepository, testPipeline } from '#test/support/engine.ts';

let base: string;
let source: string;
let place: { readonly repository: Repository; readonly storage: MemoryStorage };
let loads: string[];
let loadedNames: string[];

beforeEach(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'tidemark-far-'));
  source = path.join(base, 'source');
  for (let i = 0; i < 30; i++) {
    mkdirSync(path.join(source, `folder ${i}`), { recursive: true });
    writeFileSync(path.join(source, `folder ${i}`, 'file'), `content ${i}`);
  }
  place = await makeMemoryRepository();
  loads = [];
  loadedNames = [];
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** As a new process opens it; the cache's folder stays. */
async function withFar<T>(work: (repository: Repository) => Promise<T>): Promise<T> {
  const cache = new FileCache({ folder: path.join(base, 'cache'), maxBytes: 1 << 30, clock: systemClock });
  const traced = new TraceStorage(place.storage, systemClock, ({ operation, type, name }) => {
    if (operation !== 'load' || type === 'lock') return;
    loads.push(String(type));
    loadedNames.push(String(name));
  });
  const { config, keys, keyId } = place.repository;
  const ports = createRepositoryPorts(traced, undefined, cache);
  loads.length = 0;
  loadedNames.length = 0;
  try {
    return await work(new Repository(ports, config, keys, keyId));
  } finally {
    await cache.close();
  }
}

/** From inside, so that nothing above it is part of a version: others work beside it. */
const request = () => backupRequest(['.'], { workingFolder: textToByteString(source) });

const backUp = () =>
  withFar((repository) =>
    executeBackup({ repository, files: createSourceFiles(), pipeline: testPipeline }, request()),
  );

async function namesInPlace(): Promise<Set<string>> {
  const types = ['index', 'snapshot', 'pack'] as const;
  const entries = await Promise.all(types.map((type) => place.storage.list(type)));
  return new Set(entries.flat().map(({ name }) => name));
}

function keptFiles(kind: string): string[] {
  return readdirSync(path.join(base, 'cache', kind), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test('an unchanged backup loads no index, snapshot or tree from the place again, but to prove what it saves', async () => {
  await backUp();
  const before = await namesInPlace();
  const again = await backUp();
  expect(again.summary.filesUnmodified).toBe(30);
  expect(loadedNames.filter((name) => before.has(name))).toEqual([]);
  // What a save is confirmed by: its own bytes.
  expect(loads).toContain('snapshot');
});

test('by another computer’s hands, only what is new is loaded', async () => {
  await backUp();
  writeFileSync(path.join(source, 'folder 3', 'file'), 'changed elsewhere');
  rmSync(path.join(base, 'elsewhere'), { recursive: true, force: true });
  const { config, keys, keyId } = place.repository;
  await executeBackup(
    {
      repository: new Repository(createRepositoryPorts(place.storage), config, keys, keyId),
      files: createSourceFiles(),
      pipeline: testPipeline,
    },
    request(),
  );
  const again = await backUp();
  expect(again.summary.filesUnmodified).toBe(30);
  expect(loads.filter((type) => type === 'index')).toHaveLength(1);
});

test('bytes that were kept wrong, with a right checksum, are dropped and asked for again', async () => {
  await backUp();
  for (const file of [...keptFiles('tree'), ...keptFiles('index')]) {
    const content = readFileSync(file)
      .subarray(0, -32)
      .map((byte) => byte ^ 0x55);
    writeFileSync(file, Buffer.concat([content, createHash('sha256').update(content).digest()]));
  }
  const again = await backUp();
  expect(again.summary.filesUnmodified).toBe(30);
  expect(again.problems).toEqual([]);
  expect(loads).toContain('index');
  expect(loads).toContain('pack');
  const before = await namesInPlace();
  await backUp();
  expect(loadedNames.filter((name) => before.has(name))).toEqual([]);
});

test('a check reads the place itself', async () => {
  await backUp();
  const [name] = (await place.storage.list('index')).map((entry) => entry.name);
  const bytes = await place.storage.load('index', name!);
  bytes[40]! ^= 1;
  await place.storage.remove('index', name!);
  await place.storage.save('index', name!, bytes);
  const result = await withFar((repository) =>
    executeCheck({ repository, pipeline: testPipeline }, { readData: 'none', noLock: true }),
  );
  expect(result.errors.map(({ code }) => code)).toContain('indexDamaged');
});

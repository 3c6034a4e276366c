/**
 * Another repository, or an older state of the same, appears at an address of which there is a cache nearby: nothing of what was
 * there before is believed. What is backed up then is whole without it, as restic finds.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { backUp, makeLocalRepository } from '#test/support/engine.ts';
import { NO_REST_SERVER, restServerProgram } from '#test/support/place-programs.ts';
import {
  PRODUCT_PASSWORD,
  lastMessage,
  runProgram,
  tidemark,
  type ProductRun,
} from '#test/support/product.ts';
import { startRestServer, type RestServerProcess } from '#test/support/rest-server.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';

const program = restServerProgram();
const [restic] = newestRestic().slice(-1);
const obstacle =
  (program === undefined ? NO_REST_SERVER : undefined) ?? (restic === undefined ? NO_RESTIC : undefined);

describe.skipIf(obstacle !== undefined)(`behind a cache (${obstacle ?? 'rest-server'})`, () => {
  let server: RestServerProcess;
  let work: string;
  let source: string;
  let address: string;
  let place: string;

  beforeAll(async () => {
    server = await startRestServer(program ?? '');
    work = mkdtempSync(path.join(tmpdir(), 'tidemark-swapped-'));
    source = path.join(work, 'source');
    cpSync(path.resolve(import.meta.dirname, '../../../src-main/storage/local'), source, { recursive: true });
    address = `rest:http://127.0.0.1:${String(server.port)}/place/`;
    place = path.join(server.folder, 'place');
    await makeRepository(place);
    cpSync(place, path.join(work, 'an older state of the same one'), { recursive: true });
    const another = await makeRepository(path.join(work, 'another repository'));
    const elsewhere = path.join(work, 'elsewhere');
    cpSync(source, elsewhere, { recursive: true });
    writeFileSync(path.join(elsewhere, 'more'), randomBytes(10_000));
    await backUp(another, elsewhere);
    await run('backup', source);
    expect(cachedFiles('index')).toHaveLength(1);
    expect(cachedFiles('snapshot')).toHaveLength(1);
    expect(cachedFiles('tree').length).toBeGreaterThan(0);
    cpSync(path.join(work, 'tidemark'), path.join(work, 'cache of the first'), { recursive: true });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(work, { recursive: true, force: true });
  });

  test.each([
    ['an older state of the same one', 0],
    ['another repository', 1],
  ])('%s: all is sent, and whole', async (made, versions) => {
    for (const [from, to] of [
      [path.join(work, made), place],
      [path.join(work, 'cache of the first'), path.join(work, 'tidemark')],
    ] as const) {
      rmSync(to, { recursive: true });
      cpSync(from, to, { recursive: true });
    }
    const listed = JSON.parse((await run('snapshots', '--json')).stdout) as unknown[];
    expect(listed).toHaveLength(versions);
    const summary = lastMessage(await run('backup', source, '--json'), 'summary');
    expect(summary['data_blobs']).toBe(versions === 0 ? readdirSync(source).length : 0);
    const checked = await runProgram(
      restic?.path ?? '',
      ['-r', place, '--no-cache', 'check', '--read-data'],
      {
        env: { RESTIC_PASSWORD: PRODUCT_PASSWORD },
      },
    );
    expect(`${checked.stderr}${checked.stdout} code ${String(checked.code)}`).toMatch(/code 0$/);
  });

  async function makeRepository(folder: string): ReturnType<typeof makeLocalRepository> {
    const repository = await makeLocalRepository(folder, { password: PRODUCT_PASSWORD });
    await giveCheapKey(repository, PRODUCT_PASSWORD);
    return repository;
  }

  async function run(...args: string[]): Promise<ProductRun> {
    const env = { XDG_CACHE_HOME: work, XDG_STATE_HOME: path.join(work, 'state'), HOME: work };
    const done = await tidemark(['-r', address, ...args], { env });
    expect(`${done.stderr}${done.stdout} code ${String(done.code)}`).toMatch(/code 0$/);
    return done;
  }

  /** Of all places, of which there is one. */
  function cachedFiles(kind: string): string[] {
    const places = path.join(work, 'tidemark', 'places');
    const [only] = readdirSync(places);
    const folder = path.join(places, only ?? '', kind);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => each.name);
  }
});

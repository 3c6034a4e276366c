/**
 * One repository on a REST server, and one behind rclone, for both programs: what either makes and fills, the other opens
 * under the same address and with the same variables, checks to the last byte, restores and adds to. Keys that open at once
 * take the place of the programs' own after `init`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveCheapKey, giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUpThroughCuts, CUT_BACKUP_LIMIT_MS } from '#test/support/cut-backup.ts';
import { backUp, makeLocalRepository } from '#test/support/engine.ts';
import { NO_RCLONE, NO_REST_SERVER, rcloneProgram, restServerProgram } from '#test/support/place-programs.ts';
import { PRODUCT_PASSWORD, runProgram, tidemark, type ProductRun } from '#test/support/product.ts';
import { rcloneEnvironment } from '#test/support/rclone-places.ts';
import { startRestServer, type RestServerProcess } from '#test/support/rest-server.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';

const restics = newestRestic();
const restServer = restServerProgram();
const rclone = rcloneProgram();
/** In the address, because older restics do not look for it elsewhere. */
const PASSWORD = 'open:sesame';
const LOGIN = `ann:${encodeURIComponent(PASSWORD)}`;

interface Kind {
  readonly env: Readonly<Record<string, string>>;
  /** restic's own options. */
  readonly options: readonly string[];
  newAddress(): string;
}

let work: string;
let source: string;
let placeCount = 0;
const outputs: string[] = [];

beforeAll(() => {
  work = mkdtempSync(path.join(tmpdir(), 'tidemark-interop-'));
  source = path.join(work, 'source');
  cpSync(path.resolve(import.meta.dirname, '../../../src-main/storage'), source, { recursive: true });
  const large = Buffer.alloc(5 << 20);
  for (let i = 0; i < large.length; i += 4) large.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
  writeFileSync(path.join(source, 'large.dat'), large);
});
afterAll(() => {
  rmSync(work, { recursive: true, force: true });
  const told = outputs.join('\n');
  expect(told).not.toContain(PASSWORD);
  expect(told).not.toContain(LOGIN);
});

describe.skipIf(restServer === undefined)(`rest-server (${restServer ?? NO_REST_SERVER})`, () => {
  let server: RestServerProcess;

  beforeAll(async () => {
    const hash = createHash('sha1').update(PASSWORD).digest('base64');
    writeFileSync(path.join(work, 'htpasswd'), `ann:{SHA}${hash}\n`);
    server = await startRestServer(restServer ?? '', {
      args: ['--htpasswd-file', path.join(work, 'htpasswd'), '--private-repos'],
    });
  });
  afterAll(() => server.stop());

  describeBothWays({
    env: {},
    options: [],
    newAddress: () =>
      `rest:http://${LOGIN}@localhost:${String(server.port)}/ann/place${String(++placeCount)}/`,
  });

  test(
    'a backup goes on through cut connections, and sends nothing more than twice',
    async () => {
      const name = `place${String(++placeCount)}`;
      const addressOf = (port: number): string =>
        `rest:http://${LOGIN}@localhost:${String(port)}/ann/${name}/`;
      await backUpThroughCuts({ serverPort: server.port, env: environment({}), addressOf });
      const [restic] = restics;
      const theirs: Runner = (all, how) => runProgram(restic!.path, ['--no-cache', ...all], how);
      if (restic !== undefined) await run(theirs, addressOf(server.port), ['check'], {});
    },
    CUT_BACKUP_LIMIT_MS,
  );

  test('an append-only server: backups go on, what cannot be removed is told', async () => {
    const folder = path.join(work, 'append-only');
    const strict = await startRestServer(restServer ?? '', { folder, args: ['--no-auth', '--append-only'] });
    try {
      const address = `rest:http://localhost:${String(strict.port)}/place/`;
      // The key has to be a cheap one before the server keeps it.
      mkdirSync(folder, { recursive: true });
      const repository = await makeLocalRepository(path.join(folder, 'place'), {
        password: PRODUCT_PASSWORD,
      });
      await giveCheapKey(repository, PRODUCT_PASSWORD);
      const changing = path.join(work, 'changing');
      writeFileSync(changing, randomBytes(100_000));
      await backUp(repository, changing);
      writeFileSync(changing, randomBytes(100_000));
      await run(tidemark, address, ['backup', changing], {});
      const forget = await run(tidemark, address, ['forget', '--keep-last', '1', '--group-by', 'paths'], {});
      expect(forget.stderr).toBe('');
      expect(forget.stdout).toContain('1 snapshot stays: this place lets nothing be removed (append-only).');
      const snapshots = path.join(folder, 'place', 'snapshots');
      expect(readdirSync(snapshots)).toHaveLength(2);
      // Somebody on the server's side takes a version away; what only that held could go then.
      rmSync(path.join(snapshots, readdirSync(snapshots)[0]!));
      const prune = await run(tidemark, address, ['prune', '--max-unused', '0'], {});
      expect(prune.stdout).toContain('What is not needed any more stays: this place lets nothing be removed');
      expect(readdirSync(snapshots)).toHaveLength(1);
      await run(tidemark, address, ['check', '--read-data'], {});
    } finally {
      await strict.stop();
    }
  }, 120_000);
});

describe.skipIf(rclone === undefined)(`rclone (${rclone ?? NO_RCLONE})`, () => {
  describeBothWays({
    env: rcloneEnvironment(rclone ?? ''),
    options: ['-o', `rclone.program=${rclone ?? ''}`],
    newAddress: () => `rclone:disk:${work}/place${String(++placeCount)}`,
  });
});

function describeBothWays({ env, options, newAddress }: Kind): void {
  if (restics.length === 0) test.skip(`with restic (${NO_RESTIC})`, () => undefined);

  describe.each(restics)('restic $version', ({ path: restic }) => {
    const ours = (address: string, ...args: string[]) => run(tidemark, address, args, env);
    const theirs = (address: string, ...args: string[]) =>
      run((all, how) => runProgram(restic, [...options, '--no-cache', ...all], how), address, args, env);

    test('opens, checks, restores and adds to what tidemark made', async () => {
      const address = newAddress();
      await ours(address, 'init');
      await giveCheapKeyAt(address, PRODUCT_PASSWORD, environment(env));
      await ours(address, 'backup', source);
      await theirs(address, 'check', '--read-data');
      await expectRestored((target) => theirs(address, 'restore', 'latest', '--target', target));
      await theirs(address, 'backup', source);
      const { stdout } = await ours(address, 'snapshots', '--json');
      expect(JSON.parse(stdout)).toHaveLength(2);
    }, 120_000);

    test('makes what tidemark opens, checks, restores, adds to and tidies up', async () => {
      const address = newAddress();
      await theirs(address, 'init');
      await giveCheapKeyAt(address, PRODUCT_PASSWORD, environment(env));
      await theirs(address, 'backup', source);
      await ours(address, 'check', '--read-data');
      await expectRestored((target) => ours(address, 'restore', 'latest', '--target', target));
      await ours(address, 'backup', path.join(source, 'rest'));
      await ours(address, 'forget', '--keep-last', '1', '--group-by', 'host', '--prune');
      await theirs(address, 'check', '--read-data');
    }, 120_000);
  });
}

type Runner = typeof tidemark;

function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...env,
    RESTIC_PASSWORD: PRODUCT_PASSWORD,
    XDG_STATE_HOME: work,
    XDG_CACHE_HOME: work,
    HOME: work,
  };
}

async function run(
  runner: Runner,
  address: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ProductRun> {
  const done = await runner(['-r', address, ...args], { env: environment(env) });
  outputs.push(done.stdout, done.stderr);
  expect(`${done.stderr}${done.stdout} code ${String(done.code)}`).toMatch(/code 0$/);
  return done;
}

async function expectRestored(restore: (target: string) => Promise<unknown>): Promise<void> {
  const target = path.join(work, 'restored');
  mkdirSync(target);
  await restore(target);
  expect(compareTrees(source, path.join(target, source))).toEqual([]);
  rmSync(target, { recursive: true });
}

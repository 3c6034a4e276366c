/**
 * One repository on an SSH server, for both programs: what either makes and fills, the other opens under the same address,
 * checks to the last byte, restores and adds to. restic is told only where ssh finds the test's keys.
 * Keys that open at once take the place of the programs' own after `init`.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUpThroughCuts, CUT_BACKUP_LIMIT_MS } from '#test/support/cut-backup.ts';
import { PRODUCT_PASSWORD, runProgram, tidemark, type ProductRun } from '#test/support/product.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';
import { sftpEnvironment } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';

const restics = newestRestic();
const obstacle = sftpServerObstacle() ?? (restics.length === 0 ? NO_RESTIC : undefined);

if (obstacle !== undefined) {
  test.skip(`repositories on SSH servers with restic (${obstacle})`, () => undefined);
} else {
  let server: SftpServer;
  let work: string;
  let source: string;
  const outputs: string[] = [];

  beforeAll(async () => {
    server = await startSftpServer();
    work = mkdtempSync(path.join(tmpdir(), 'tidemark-sftp-interop-'));
    source = path.join(work, 'source');
    cpSync(path.resolve(import.meta.dirname, '../../../src-main/storage'), source, { recursive: true });
    const large = Buffer.alloc(5 << 20);
    for (let i = 0; i < large.length; i += 4) large.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
    writeFileSync(path.join(source, 'large.dat'), large);
  });

  afterAll(async () => {
    await server.close();
    rmSync(work, { recursive: true, force: true });
  });

  const runTidemark = async (address: string, ...args: string[]): Promise<ProductRun> => {
    const run = await tidemark(['-r', address, ...args], { env: sftpEnvironment(server) });
    outputs.push(run.stdout, run.stderr);
    expect(`${run.stderr}${run.stdout} code ${String(run.code)}`).toMatch(/code 0$/);
    return run;
  };

  const runRestic = async (program: string, address: string, ...args: string[]): Promise<ProductRun> => {
    const command = [
      'ssh -F none -o BatchMode=yes',
      `-o UserKnownHostsFile=${server.knownHostsFile} -i ${server.keyFile}`,
      `-p ${String(server.port)} ${server.user}@127.0.0.1 -s sftp`,
    ].join(' ');
    const run = await runProgram(
      program,
      ['-r', address, '-o', `sftp.command=${command}`, '--no-cache', ...args],
      {
        env: { RESTIC_PASSWORD: PRODUCT_PASSWORD },
      },
    );
    expect(`${run.stderr}${run.stdout} code ${String(run.code)}`).toMatch(/code 0$/);
    return run;
  };

  const addressOf = (name: string): string =>
    `sftp://${server.user}@127.0.0.1:${String(server.port)}/${path.join(server.data, name)}`;

  const expectRestored = async (
    restore: (target: string) => Promise<unknown>,
    name: string,
  ): Promise<void> => {
    const target = path.join(work, name);
    mkdirSync(target);
    await restore(target);
    expect(compareTrees(source, path.join(target, source))).toEqual([]);
    rmSync(target, { recursive: true });
  };

  test(
    'a backup goes on through cut connections and a server that dies, and sends nothing more than twice',
    async () => {
      const addressOfPort = (port: number): string => {
        server.know('ed25519', port);
        return addressOf('cut').replace(`:${String(server.port)}/`, `:${String(port)}/`);
      };
      const breakServer = async (): Promise<void> => {
        await server.kill();
        await server.start();
      };
      const env = sftpEnvironment(server);
      await backUpThroughCuts({ serverPort: server.port, env, addressOf: addressOfPort, breakServer });
      const [restic] = restics;
      if (restic !== undefined) await runRestic(restic.path, addressOf('cut'), 'check');
    },
    CUT_BACKUP_LIMIT_MS,
  );

  describe.each(restics)('restic $version', ({ path: restic, version }) => {
    test('opens, checks, restores and adds to what tidemark made', async () => {
      const address = addressOf(`ours-${version}`);
      await runTidemark(address, 'init');
      await giveCheapKeyAt(address, PRODUCT_PASSWORD, sftpEnvironment(server));
      await runTidemark(address, 'backup', source);
      await runRestic(restic, address, 'check', '--read-data');
      await expectRestored(
        (target) => runRestic(restic, address, 'restore', 'latest', '--target', target),
        'a',
      );
      await runRestic(restic, address, 'backup', source);
      const { stdout } = await runTidemark(address, 'snapshots', '--json');
      expect(JSON.parse(stdout)).toHaveLength(2);
    }, 120_000);

    test('makes what tidemark opens, checks, restores and adds to', async () => {
      const address = addressOf(`theirs-${version}`);
      await runRestic(restic, address, 'init');
      await giveCheapKeyAt(address, PRODUCT_PASSWORD, sftpEnvironment(server));
      await runRestic(restic, address, 'backup', source);
      await runTidemark(address, 'check', '--read-data');
      await expectRestored((target) => runTidemark(address, 'restore', 'latest', '--target', target), 'b');
      await runTidemark(address, 'backup', source);
      await runTidemark(address, 'forget', '--keep-last', '1', '--prune');
      await runRestic(restic, address, 'check', '--read-data');
    }, 120_000);
  });
}

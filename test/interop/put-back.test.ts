/** Config and keys put back from a copy: restic opens and checks what comes out, as if nothing had happened. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { keepCopy } from '#files/keep-copy.ts';
import { exportConfigAndKeys } from '#operations/config-and-keys/export.ts';
import { putBack } from '#operations/config-and-keys/put-back.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { openTestRepository } from '#test/support/engine.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';

const programs = resticPrograms();
const base = mkdtempSync(join(tmpdir(), 'tidemark-put-back-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (programs.length === 0) test.skip(`restic, config and keys [skipped: ${NO_RESTIC}]`, () => undefined);

describe.each(programs)('restic $version', ({ path: restic, version }) => {
  test('E6 config and key deleted or flipped, put back: restic finds nothing wrong', async () => {
    const env = { ...process.env, RESTIC_PASSWORD: 'x' };
    const at = join(base, version);
    const theirs = (...args: string[]) =>
      spawnSync(restic, ['-r', at, '--no-cache', ...args], { env, encoding: 'utf8' });
    expect(theirs('init').status).toBe(0);
    await giveCheapKeyAt(at, 'x');
    expect(theirs('backup', import.meta.filename).status).toBe(0);
    const copy = await exportConfigAndKeys(await openTestRepository(at, 'x'));
    const whole = `${at}-whole`;
    cpSync(at, whole, { recursive: true });
    const key = join('keys', readdirSync(join(at, 'keys'))[0]!);
    const copies = `${at}-kept`;
    mkdirSync(copies);
    for (const how of ['deleted', 'flipped']) {
      for (const file of ['config', key]) {
        const bytes = readFileSync(join(at, file));
        bytes[50]! ^= 1;
        // As restic stores them, they may not even be written to.
        rmSync(join(at, file));
        if (how === 'flipped') writeFileSync(join(at, file), bytes);
      }
      expect(theirs('snapshots').status).not.toBe(0);
      const storage = new LocalStorage(at, systemClock);
      const keep = (name: string, bytes: Uint8Array) => keepCopy(copies, name, bytes);
      const parts = { ports: createRepositoryPorts(storage), keepCopy: keep };
      expect(await putBack(parts, copy, Buffer.from('x'))).toHaveLength(2);
      for (const file of ['config', key])
        expect(readFileSync(join(at, file))).toEqual(readFileSync(join(whole, file)));
      expect(theirs('check', '--read-data')).toMatchObject({ status: 0 });
    }
    expect(readdirSync(copies)).toHaveLength(2);
    // Nothing of ours is left in the repository.
    expect(readdirSync(at).toSorted()).toEqual(readdirSync(whole).toSorted());
  }, 60_000);
});

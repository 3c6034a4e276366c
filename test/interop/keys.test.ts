/**
 * The keys of a place and the real restic: the recovery code opens exactly as it is printed, by environment and by file;
 * what was replaced opens no more; keys of restic's are left alone. And a code is proven by a process that has nothing
 * else: no environment, no home, no keychain.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { listKeys } from '#operations/keys.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { adoptPlace, createPlace, type CreatedPlace } from '#services/keys/create-place.ts';
import { openByTyping, type PlaceAccess } from '#services/keys/place-access.ts';
import { makeNextRecoveryCode, type MadeKey } from '#services/keys/place-keys.ts';
import { confirmRecoveryCode } from '#services/keys/prove-recovery-code.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { TestKeychain } from '#test/support/key-place.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';

const programs = resticPrograms();
const base = mkdtempSync(join(tmpdir(), 'tidemark-keys-'));
const folder = join(base, 'place');

function openPorts(place = folder): RepositoryPorts {
  return createRepositoryPorts(new LocalStorage(place, systemClock));
}

function accessTo(place: string): PlaceAccess {
  return {
    ports: openPorts(place),
    placeId: 'p',
    keychain: new TestKeychain(),
    session: new SessionSecretStore(),
  };
}

let created: CreatedPlace;
let next: MadeKey;
beforeAll(async () => {
  created = await createPlace(accessTo(folder), { version: 2 });
  next = await makeNextRecoveryCode(created.repository);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function restic(
  program: string,
  args: readonly string[],
  password?: string,
): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(program, ['--no-cache', '-r', folder, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...(password === undefined ? {} : { RESTIC_PASSWORD: password }) },
  });
  return { code: status, text: stdout + stderr };
}

if (programs.length === 0) test.skip(`keys and restic (skipped: ${NO_RESTIC})`, () => undefined);

describe.each(programs)('restic $version', ({ path }) => {
  test('opens with the code exactly as printed, and says which key is what', () => {
    const printed = created.recoveryCode.secret.reveal();
    const repositoryId = created.repository.config.id;
    expect(restic(path, ['cat', 'config'], printed).text).toContain(repositoryId);
    const { text } = restic(path, ['key', 'list'], printed);
    for (const label of ['tidemark-computer', 'tidemark-recovery-code']) expect(text).toContain(label);
    const file = join(base, 'code.txt');
    writeFileSync(file, `${printed}\n`);
    expect(restic(path, ['--password-file', file, 'cat', 'config']).text).toContain(repositoryId);
  });

  test('makes a place that Tidemark takes over, adding its own keys only', async () => {
    const place = join(base, `foreign-${path.replaceAll('/', '-')}`);
    const run = spawnSync(path, ['-r', place, 'init'], {
      env: { PATH: process.env['PATH'], HOME: base, RESTIC_PASSWORD: 'foreign' },
    });
    expect(run.status).toBe(0);
    const access = accessTo(place);
    const opened = await openByTyping(access, 'foreign');
    if (opened.kind !== 'opened') throw new Error(opened.kind);
    const { recoveryCode } = await adoptPlace(opened.repository, access, { recoveryCode: true });
    const { keyId, secret } = recoveryCode!;
    const repository = await openRepository(openPorts(place), secret.toPassword(), undefined, {
      keyHint: keyId,
    });
    expect(repository.config.id).toBe(opened.repository.config.id);
    expect((await listKeys(repository)).map(({ id }) => id)).toContain(opened.repository.keyId);
  });
});

describe('after the code was replaced', () => {
  beforeAll(async () => {
    const request = { openPorts, typed: next.secret.reveal().toLowerCase() };
    expect((await confirmRecoveryCode(request)).withdrawn).toEqual([created.recoveryCode.keyId]);
  });

  test.skipIf(programs.length === 0)('restic opens with the new one, and not with the old', () => {
    for (const { path } of programs) {
      expect(restic(path, ['check'], next.secret.reveal())).toMatchObject({ code: 0 });
      expect(restic(path, ['cat', 'config'], created.recoveryCode.secret.reveal()).code).not.toBe(0);
    }
  });

  test('a process with an empty environment proves it, from the place alone', async () => {
    const proof = await proveInEmptyProcess(next.secret.reveal().replaceAll('-', ' '));
    expect(proof).toEqual({ kind: 'proven', keyId: next.keyId, repositoryId: created.repository.config.id });
    expect(await proveInEmptyProcess(created.recoveryCode.secret.reveal())).toEqual({ kind: 'doesNotOpen' });
  });
});

/** The code goes in by a pipe; not even a path to programs is there. */
async function proveInEmptyProcess(typed: string): Promise<unknown> {
  const script = join(import.meta.dirname, '../support/prove-code-child.ts');
  const child = spawn(process.execPath, [script, folder], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(typed);
  const parts: Buffer[] = [];
  for await (const part of child.stdout) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString());
}

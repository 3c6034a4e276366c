/** Places over the channel: made, opened, mistaken for each other, and not there. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Login } from '#contract/login-names.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import type { SecretStore } from '#services/secrets/secret-store.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { openTestRepository } from '#test/support/engine.ts';
import {
  backupChoice,
  makePlace,
  PLACE_PASSWORD,
  startTestEngine,
  temporaryFolder,
  type TestEngine,
} from '#test/support/engine-service.ts';
import { HeldStorage } from '#test/support/held-storage.ts';

describe('looking at a location', () => {
  test('what lies there', async () => {
    const engine = startTestEngine();
    const folder = temporaryFolder();
    const kindOf = async (name: string): Promise<string> =>
      (await engine.calls['place.probe']({ location: path.join(folder, name) })).kind;
    fs.mkdirSync(path.join(folder, 'empty/lost+found'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'file'), '');
    await makePlace(engine, path.join(folder, 'place'));
    expect(await kindOf('empty')).toBe('empty');
    expect(await kindOf('place')).toBe('repository');
    expect(await kindOf('.')).toBe('otherFiles');
    expect(await kindOf('new')).toBe('missing');
    expect(await kindOf('new/deeper')).toBe('unreachable');
    expect(await kindOf('file')).toBe('unreachable');
  });
});

describe('a new place', () => {
  test('has a key of this computer, which opens it by itself, and a recovery code', async () => {
    const keychain = new SessionSecretStore();
    const { calls } = startTestEngine({ keychain });
    const location = path.join(temporaryFolder(), 'place');
    // Another place that is away holds nothing up.
    const away = { placeId: 'away', location: path.join(location, 'away'), repositoryId: null };
    const made = await calls['place.create']({ placeId: 'one', location, like: [away] });
    expect(made).toMatchObject({ notRemembered: null });
    const access = { placeId: 'one', location, repositoryId: made.repositoryId };
    expect(await calls['place.secretState']({ access })).toBe('remembered');
    expect((await openTestRepository(location, made.recoveryCode ?? '')).config.id).toBe(made.repositoryId);
    // A new process of this computer.
    const again = startTestEngine({ keychain });
    expect((await again.calls['versions.list']({ access })).versions).toEqual([]);
    await again.calls['place.forget']({ placeId: 'one' });
    expect(await again.calls['place.secretState']({ access })).toBe('missing');
    await expect(again.calls['versions.list']({ access })).rejects.toMatchObject({
      code: 'repository.secretNeeded',
    });
  });

  test('a recovery code is proven at the place, and a new one takes its turn when it is', async () => {
    const engine = startTestEngine();
    const { calls } = engine;
    const access = await makePlace(engine, path.join(temporaryFolder(), 'place'));
    expect(await calls['place.secretState']({ access })).toBe('session');
    const { recoveryCode } = await calls['place.renewRecovery']({ access });
    const prove = (code: string) => calls['place.proveRecovery']({ access, code });
    await expect(prove('wrong')).rejects.toMatchObject({ code: 'repository.wrongPassword' });
    await prove((recoveryCode ?? '').toLowerCase().replaceAll('-', ' '));
  });

  test('older codes are withdrawn when what else holds the place lets it go', async () => {
    let onLockRead = (): void => undefined;
    const { createPorts } = createEngineParts();
    const engine = startTestEngine({
      createPorts: (...where) => {
        const ports = createPorts(...where);
        const hold = (method: string, type: string): undefined => {
          if (method === 'load' && type === 'lock') onLockRead();
        };
        return { ...ports, storage: new HeldStorage(ports.storage, hold) };
      },
    });
    const { calls } = engine;
    const access = await makePlace(engine, path.join(temporaryFolder(), 'place'));
    const renew = async () => (await calls['place.renewRecovery']({ access })).recoveryCode ?? '';
    const [older, code] = [await renew(), await renew()];
    const other = await openTestRepository(access.location, PLACE_PASSWORD);
    const lock = await other.lock({ exclusive: false });
    const refused = new Promise<void>((resolve) => (onLockRead = resolve));
    const proving = calls['place.proveRecovery']({ access, code });
    await Promise.race([refused, proving]);
    await lock.release();
    await proving;
    await expect(openTestRepository(access.location, older)).rejects.toMatchObject({
      code: 'repository.wrongPassword',
    });
  });

  test('is refused where there is one, and never made where a drive is missing', async () => {
    const engine = startTestEngine();
    const folder = temporaryFolder();
    const { location } = await makePlace(engine, path.join(folder, 'place'));
    const create = (at: string) => engine.calls['place.create']({ placeId: 'new', location: at });
    await expect(create(location)).rejects.toMatchObject({ code: 'repository.alreadyExists' });
    await expect(create(path.join(folder, 'mount/place'))).rejects.toMatchObject({
      code: 'storage.unreachable',
    });
    expect(fs.existsSync(path.join(folder, 'mount'))).toBe(false);
  });
});

describe('a place that is not what it was', () => {
  test('another drive under the same path is refused, known or not, and nothing is written to it', async () => {
    const engine = startTestEngine();
    const { calls } = engine;
    const folder = temporaryFolder();
    const source = path.join(folder, 'source');
    fs.mkdirSync(source);
    fs.writeFileSync(path.join(source, 'file'), 'content');
    const access = await makePlace(engine, path.join(folder, 'place'));
    await calls.backup({ access, choice: backupChoice(source) });
    // Opened by the same password, and with keys that are warm.
    fs.renameSync(access.location, path.join(folder, 'away'));
    const other = await makePlace(engine, access.location, 'other');
    const before = fs.readdirSync(access.location, { recursive: true });
    await expect(calls.backup({ access, choice: backupChoice(source) })).rejects.toMatchObject({
      code: 'storage.wrongDrive',
      data: { expectedId: access.repositoryId, foundId: other.repositoryId },
    });
    expect(fs.readdirSync(access.location, { recursive: true })).toEqual(before);
    // Back again, it is used as before.
    fs.rmSync(access.location, { recursive: true });
    fs.renameSync(path.join(folder, 'away'), access.location);
    expect((await calls['versions.list']({ access })).versions).toHaveLength(1);
  });

  test('what the keychain remembers and what does not open: another drive', async () => {
    const keychain = new SessionSecretStore();
    const { calls } = startTestEngine({ keychain });
    const folder = temporaryFolder();
    const made = await calls['place.create']({ placeId: 'one', location: path.join(folder, 'one') });
    const foreign = await makePlace(startTestEngine(), path.join(folder, 'two'));
    const access = { placeId: 'one', location: foreign.location, repositoryId: made.repositoryId };
    await expect(calls['versions.list']({ access })).rejects.toMatchObject({ code: 'storage.wrongDrive' });
  });

  test('a wrong password is one, and what was known before stays known', async () => {
    const engine = startTestEngine();
    const access = await makePlace(engine, path.join(temporaryFolder(), 'place'));
    await expect(engine.calls['place.unlock']({ access, password: 'something else' })).rejects.toMatchObject({
      code: 'repository.wrongPassword',
    });
    expect((await engine.calls['versions.list']({ access })).damagedIds.length).toBe(0);
    const { location } = access;
    const unknown = startTestEngine();
    const open = (password: string) =>
      unknown.calls['place.open']({ placeId: 'x', location, password, addsKey: false });
    await expect(open('wrong')).rejects.toMatchObject({ code: 'repository.wrongPassword' });
    expect(await open(PLACE_PASSWORD)).toMatchObject({ repositoryId: access.repositoryId });
  });

  test('a missing drive is said to be missing, and an empty folder to be no place; neither is filled', async () => {
    const engine = startTestEngine();
    const folder = temporaryFolder();
    const access = await makePlace(engine, path.join(folder, 'place'));
    fs.renameSync(access.location, path.join(folder, 'away'));
    await expect(engine.calls['versions.list']({ access })).rejects.toMatchObject({
      code: 'storage.unreachable',
    });
    expect(fs.existsSync(access.location)).toBe(false);
    fs.mkdirSync(access.location);
    const source = path.join(folder, 'away');
    await expect(engine.calls.backup({ access, choice: backupChoice(source) })).rejects.toMatchObject({
      code: 'repository.notFound',
    });
    expect(fs.readdirSync(access.location)).toEqual([]);
  });
});

describe('what logs in to a place behind a network', () => {
  const location = 'rest:https://backup.example/me/';

  /** An engine that tells what a place was opened with. */
  function startTelling(keychain: SecretStore): TestEngine & { readonly opened: Login[] } {
    const opened: Login[] = [];
    const { createPorts } = createEngineParts();
    const engine = startTestEngine({
      keychain,
      createPorts: (_where, login) => {
        opened.push(login);
        return createPorts({ location: path.join(temporaryFolder(), 'place') }, login);
      },
    });
    return { ...engine, opened };
  }

  test('is kept by the keychain, given to whoever opens the place, and forgotten when told', async () => {
    const keychain = new SessionSecretStore();
    const { calls } = startTelling(keychain);
    const login = { RESTIC_REST_USERNAME: 'me', RESTIC_REST_PASSWORD: 'a secret' };
    expect(await calls['place.login']({ location, login })).toBe(null);
    const again = startTelling(keychain);
    await again.calls['place.probe']({ location });
    await again.calls['place.probe']({ location: 'rest:https://other.example/' });
    await again.calls['place.forgetLogin']({ location });
    await again.calls['place.probe']({ location });
    expect(again.opened).toEqual([login, {}, {}]);
  });

  test('holds for this run where there is no keychain, which is told', async () => {
    const { calls, opened } = startTelling(new RefusingKeychain());
    const login = { RESTIC_REST_PASSWORD: 'a secret' };
    expect(await calls['place.login']({ location, login })).toMatch(/keychain/i);
    await calls['place.probe']({ location });
    expect(opened).toEqual([login]);
  });

  test('a folder asks no keychain', async () => {
    const asked: string[] = [];
    const keychain = new SessionSecretStore();
    const get = keychain.get.bind(keychain);
    keychain.get = (account) => {
      asked.push(account);
      return get(account);
    };
    const { calls } = startTelling(keychain);
    await calls['place.probe']({ location: '/folder' });
    await calls['place.probe']({ location: 'C:/folder' });
    await calls['place.probe']({ location: 'local:sftp' });
    expect(asked).toEqual([]);
  });
});

class RefusingKeychain extends SessionSecretStore {
  override set = () => Promise.resolve({ kind: 'notRemembered', reason: 'noService' } as const);
}

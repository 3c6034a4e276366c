/** Who is let in, and which server is believed: against a real OpenSSH. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import type { SftpOptions } from '#storage/sftp/connect-sftp.ts';
import { SftpStorage } from '#storage/sftp/sftp-storage.ts';
import { sftpEnvironment } from '#test/support/sftp-places.ts';
import {
  passwordObstacle,
  sftpServerObstacle,
  startSftpServer,
  type SftpServer,
} from '#test/support/sftp-server.ts';

const obstacle = sftpServerObstacle();
const noPasswords = obstacle ?? passwordObstacle();
const storages: SftpStorage[] = [];

afterEach(async () => {
  for (const storage of storages.splice(0)) await storage.close();
});

function makeStorage(
  server: SftpServer,
  options: Partial<SftpOptions> & {
    readonly host?: string;
    readonly user?: string;
    readonly port?: number;
  } = {},
): SftpStorage {
  const { host = '127.0.0.1', user = server.user, port = server.port, ...rest } = options;
  const storage = new SftpStorage(
    { kind: 'sftp', host, user, port, path: server.data },
    { clock: systemClock, env: sftpEnvironment(server), ...rest },
  );
  storages.push(storage);
  return storage;
}

async function failureOf(work: Promise<unknown>): Promise<TidemarkError> {
  const outcome = await work.then(
    () => new Error('no failure'),
    (error: unknown) => error,
  );
  if (!isTidemarkError(outcome)) throw outcome;
  return outcome;
}

describe.skipIf(obstacle !== undefined)(`logging in to an SSH server (${obstacle ?? 'OpenSSH'})`, () => {
  let server: SftpServer;

  beforeAll(async () => {
    server = await startSftpServer(
      noPasswords === undefined ? { passwordUser: { name: 'tidemark-test', password: 'open sesame' } } : {},
    );
  });

  afterAll(async () => server.close());

  beforeEach(() => server.know('ed25519'));

  test('a key that the server does not know is refused, and works as soon as it does', async () => {
    const [key, publicKey] = [readFileSync(server.keyFile), readFileSync(`${server.keyFile}.pub`)];
    const authorized = join(server.folder, 'authorized_keys');
    rmSync(server.keyFile);
    rmSync(`${server.keyFile}.pub`);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', server.keyFile]);
    const storage = makeStorage(server);
    const failure = await failureOf(storage.open());
    expect(failure).toMatchObject({ code: 'storage.wrongCredentials', retry: 'afterUser' });
    expect(failure.data).toMatchObject({
      reason: expect.stringMatching(/refused.*~\/\.ssh\/id_ed25519; the server accepts: keys/) as string,
    });
    appendFileSync(authorized, readFileSync(`${server.keyFile}.pub`));
    await storage.open();
    writeFileSync(server.keyFile, key);
    writeFileSync(`${server.keyFile}.pub`, publicKey);
  });

  test('nothing to log in with is said so', async () => {
    const env = { ...sftpEnvironment(server), HOME: join(server.folder, 'nobody') };
    const failure = await failureOf(
      makeStorage(server, { env, ownKnownHostsFile: server.knownHostsFile }).open(),
    );
    expect(failure.data).toMatchObject({
      reason: expect.stringContaining('nothing to log in with') as string,
    });
  });

  test('a user whom the server does not know is refused', async () => {
    const failure = await failureOf(makeStorage(server, { user: 'nobody-of-that-name' }).open());
    expect(failure.code).toBe('storage.wrongCredentials');
  });

  test('a key with a passphrase: asked for, wrong, right', async () => {
    const home = join(server.folder, 'locked');
    execFileSync('mkdir', ['-p', join(home, '.ssh')]);
    copyFileSync(server.keyFile, join(home, '.ssh', 'id_ed25519'));
    execFileSync('chmod', ['600', join(home, '.ssh', 'id_ed25519')]);
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'words words', '-f', join(home, '.ssh', 'id_ed25519')]);
    const open = (passphrase?: string): Promise<void> =>
      makeStorage(server, {
        env: {
          ...sftpEnvironment(server),
          HOME: home,
          ...(passphrase === undefined ? {} : { TIDEMARK_SFTP_KEY_PASSPHRASE: passphrase }),
        },
        ownKnownHostsFile: server.knownHostsFile,
      }).open();
    const asked = await failureOf(open());
    expect(asked.code).toBe('storage.wrongCredentials');
    expect(asked.message).toContain('TIDEMARK_SFTP_KEY_PASSPHRASE');
    const wrong = await failureOf(open('secret words'));
    expect(wrong.code).toBe('storage.wrongCredentials');
    expect(JSON.stringify([wrong.message, wrong.toWire(), wrong.cause])).not.toContain('secret words');
    await open('words words');
  });

  describe('with an agent', () => {
    let agent: ChildProcess;
    let socket: string;

    beforeAll(async () => {
      socket = join(server.folder, 'agent');
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
      execFileSync('ssh-add', ['-q', server.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    });

    afterAll(() => void agent.kill());

    const open = (home: string, more: object = {}): Promise<void> =>
      makeStorage(server, {
        env: { ...sftpEnvironment(server), HOME: home, SSH_AUTH_SOCK: socket, ...more },
        ownKnownHostsFile: server.knownHostsFile,
      }).open();

    test('its keys let in', async () => {
      await open(join(server.folder, 'nobody'));
    });

    test('with IdentitiesOnly only its keys of the files named are offered, and theirs come first anyway', async () => {
      const home = join(server.folder, 'chosen');
      const strangers = Array.from({ length: 7 }, (_, i) => join(server.folder, `stranger-${String(i)}`));
      for (const file of strangers) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      execFileSync('ssh-add', ['-q', '-D'], { env, stdio: 'ignore' });
      // More than a server is willing to look at.
      execFileSync('ssh-add', ['-q', ...strangers, server.keyFile], { env });
      execFileSync('mkdir', ['-p', join(home, '.ssh')]);
      const config = join(home, '.ssh', 'config');
      writeFileSync(config, '');
      expect((await failureOf(open(home))).code).toBe('storage.wrongCredentials');
      copyFileSync(`${server.keyFile}.pub`, join(home, '.ssh', 'chosen.pub'));
      writeFileSync(config, 'IdentityFile ~/.ssh/chosen.pub\n');
      await open(home);
      writeFileSync(config, 'IdentitiesOnly yes\nIdentityFile ~/.ssh/chosen.pub\n');
      await open(home);
      copyFileSync(`${String(strangers[0])}.pub`, join(home, '.ssh', 'chosen.pub'));
      expect((await failureOf(open(home))).code).toBe('storage.wrongCredentials');
    });

    test('one that has gone is a way less, no more', async () => {
      await open(server.home, { SSH_AUTH_SOCK: join(server.folder, 'no-agent') });
    });
  });

  test.skipIf(noPasswords !== undefined)(`a password: wrong, right (${noPasswords ?? 'sshd'})`, async () => {
    const open = (password: string): Promise<void> =>
      makeStorage(server, {
        user: 'tidemark-test',
        env: {
          ...sftpEnvironment(server),
          HOME: join(server.folder, 'nobody'),
          TIDEMARK_SFTP_PASSWORD: password,
        },
        ownKnownHostsFile: server.knownHostsFile,
      }).open();
    const wrong = await failureOf(open('open barley'));
    expect(wrong.code).toBe('storage.wrongCredentials');
    expect(JSON.stringify([wrong.message, wrong.toWire(), wrong.cause])).not.toContain('open barley');
    await open('open sesame');
  });

  test('a server that nobody knows yet is refused with its fingerprint; nobody logs in', async () => {
    writeFileSync(server.knownHostsFile, '');
    const before = server.log();
    const failure = await failureOf(makeStorage(server).open());
    expect(failure).toMatchObject({
      code: 'storage.hostKeyUnknown',
      retry: 'afterUser',
      data: { fingerprint: `${server.fingerprint()} (ssh-ed25519)` },
    });
    expect(server.log().slice(before.length)).not.toMatch(/Accepted|userauth/);
  });

  test('a host is trusted by its fingerprint alone, remembered, and refused when it changes', async () => {
    writeFileSync(server.knownHostsFile, '');
    const own = join(server.folder, 'profile', 'known_hosts');
    const trusting = (fingerprint: string) => ({
      ownKnownHostsFile: own,
      env: { ...sftpEnvironment(server), TIDEMARK_SFTP_HOST_KEY: fingerprint },
    });
    expect(await failureOf(makeStorage(server, trusting('SHA256:another')).open())).toMatchObject({
      code: 'storage.hostKeyUnknown',
    });
    const options = trusting(`${server.fingerprint()} (ssh-ed25519)`);
    await makeStorage(server, options).open();
    expect(readFileSync(own, 'utf8')).toBe(server.knownHostsLine());
    await makeStorage(server, { ownKnownHostsFile: own }).open();
    const known = server.fingerprint();
    await server.kill();
    server.makeNewHostKeys();
    await server.start();
    const failure = await failureOf(makeStorage(server, options).open());
    expect(failure).toMatchObject({
      code: 'storage.hostKeyChanged',
      retry: 'afterUser',
      data: { fingerprint: `${server.fingerprint()} (ssh-ed25519)`, known: [known], isRevoked: false },
    });
    expect(readFileSync(own, 'utf8').split('\n')).toHaveLength(2);
  });

  test('a revoked key is refused even where it is known', async () => {
    const [, ...key] = server.knownHostsLine().split(' ');
    appendFileSync(server.knownHostsFile, `@revoked * ${key.join(' ')}`);
    const failure = await failureOf(makeStorage(server).open());
    expect(failure).toMatchObject({ code: 'storage.hostKeyChanged', data: { isRevoked: true } });
  });

  test('of a server with several keys the known one is asked for', async () => {
    server.know('ecdsa');
    await makeStorage(server).open();
  });

  test('the settings of ssh are followed: other name, port, user, key, known hosts', async () => {
    const home = join(server.folder, 'configured');
    execFileSync('mkdir', ['-p', join(home, '.ssh')]);
    copyFileSync(server.keyFile, join(home, '.ssh', 'special'));
    copyFileSync(server.knownHostsFile, join(home, '.ssh', 'hosts'));
    writeFileSync(
      join(home, '.ssh', 'config'),
      [
        'Host nas',
        '  HostName 127.0.0.1',
        `  Port ${String(server.port)}`,
        `  User ${server.user}`,
        '  IdentityFile ~/.ssh/special',
        `  UserKnownHostsFile ${join(home, '.ssh', 'hosts')}`,
        'Host wrong',
        '  Prot 22',
      ].join('\n'),
    );
    const open = (host: string): Promise<void> => {
      const storage = new SftpStorage(
        { kind: 'sftp', host, path: server.data },
        { clock: systemClock, env: { ...sftpEnvironment(server), HOME: home } },
      );
      storages.push(storage);
      return storage.open();
    };
    const broken = await failureOf(open('nas'));
    expect(broken.data).toMatchObject({ reason: expect.stringContaining('settings of ssh') as string });
    const config = readFileSync(join(home, '.ssh', 'config'), 'utf8');
    writeFileSync(join(home, '.ssh', 'config'), config.replace(/Host wrong[^]*/, ''));
    await open('nas');
  });

  test('arguments of ssh say where the settings are, and with which key; the address comes first', async () => {
    const home = join(server.folder, 'told');
    execFileSync('mkdir', ['-p', home]);
    writeFileSync(
      join(home, 'settings'),
      ['Host nas', '  HostName 127.0.0.1', `  Port ${String(server.port)}`, '  User nobody'].join('\n'),
    );
    const args = ['-F', join(home, 'settings'), '-i', server.keyFile, '-o'];
    const open = (more: string, user: string): Promise<void> => {
      const settings = { sftp: { args: [...args, more] } };
      const storage = new SftpStorage(
        { kind: 'sftp', host: 'nas', user, path: server.data },
        { clock: systemClock, env: { ...sftpEnvironment(server), HOME: home }, settings },
      );
      storages.push(storage);
      return storage.open();
    };
    await open(`UserKnownHostsFile=${server.knownHostsFile}`, server.user);
    const unknown = await failureOf(open('UserKnownHostsFile=/dev/null', server.user));
    expect(unknown.code).toBe('storage.hostKeyUnknown');
    const wrong = await failureOf(open('Nonsense=yes', server.user));
    expect(wrong.data).toMatchObject({ reason: expect.stringContaining('settings of ssh') as string });
  });

  test('without an ssh program the usual files are looked for', async () => {
    await makeStorage(server, { env: { HOME: server.home, PATH: server.folder } }).open();
  });
});

/** Servers that are reached over another host or a program, as the person's settings of ssh say: real ssh, real sshd. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { SftpStorage } from '#storage/sftp/sftp-storage.ts';
import { sha256 } from '#test/support/sha256.ts';
import { sftpEnvironment } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';

const obstacle = sftpServerObstacle();

describe.skipIf(obstacle !== undefined)(`ways over a program (${obstacle ?? 'OpenSSH'})`, () => {
  let server: SftpServer;
  let home: string;
  const storages: SftpStorage[] = [];

  beforeAll(async () => {
    server = await startSftpServer();
    home = join(server.folder, 'jumping');
    mkdirSync(join(home, '.ssh'), { recursive: true });
  });
  afterEach(async () => {
    for (const storage of storages.splice(0)) await storage.close();
  });
  afterAll(async () => server.close());

  const file = (name: string) => join(home, name);
  const logIns = () => server.log().match(/Accepted publickey/g)?.length ?? 0;

  /** The server under the name `far`, over `way`; `near` and `again` are the same one without a way. */
  async function openFar(way: string, connectTimeoutMs = 20_000): Promise<SftpStorage> {
    const settings = [
      'Host far near again',
      '  HostName 127.0.0.1',
      `  Port ${String(server.port)}`,
      'Host far',
      `  ${way}`,
      'Host *',
      `  User ${server.user}`,
      `  IdentityFile ${server.keyFile}`,
      `  UserKnownHostsFile ${server.knownHostsFile}`,
    ];
    writeFileSync(file('.ssh/config'), settings.join('\n'));
    const env = { ...sftpEnvironment(server), HOME: home, TIDEMARK_SFTP_PASSWORD: 'not for others' };
    const storage = new SftpStorage(
      { kind: 'sftp', host: 'far', path: server.data },
      { clock: systemClock, env, connectTimeoutMs },
    );
    storages.push(storage);
    await storage.open();
    return storage;
  }

  async function failureOf(way: string, connectTimeoutMs?: number): Promise<TidemarkError> {
    const outcome = await openFar(way, connectTimeoutMs).catch((error: unknown) => error);
    if (!isTidemarkError(outcome)) throw outcome;
    return outcome;
  }

  const isRunning = (pid: number): boolean => existsSync(`/proc/${String(pid)}/exe`);
  async function expectEnded(pidFile: string): Promise<void> {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  }

  test('one host is jumped over, then two, and files arrive whole', async () => {
    const before = logIns();
    const storage = await openFar('ProxyJump near');
    expect(logIns() - before).toBe(2);
    await storage.create();
    const bytes = Buffer.alloc(3_000_000, 'over another host ');
    const name = sha256(bytes);
    await storage.save('pack', name, bytes);
    expect(bytes.equals(await storage.load('pack', name))).toBe(true);
    await openFar(`ProxyJump ${server.user}@near:${String(server.port)},ssh://again`);
    expect(logIns() - before).toBe(5);
  });

  test('a program is told host, port and user, no secrets, and ends with the connection', async () => {
    const script = file('way.sh');
    writeFileSync(
      script,
      `env > '${file('env')}'; echo "$@" > '${file('told')}'; echo $$ > '${file('pid')}'; exec ssh -F '${file('.ssh/config')}' -W "$1:$2" near`,
    );
    const storage = await openFar(`ProxyCommand sh '${script}' %h %p %r %n`);
    expect(readFileSync(file('told'), 'utf8').trim()).toBe(
      `127.0.0.1 ${String(server.port)} ${server.user} far`,
    );
    expect(readFileSync(file('env'), 'utf8')).not.toContain('not for others');
    expect(isRunning(Number(readFileSync(file('pid'), 'utf8')))).toBe(true);
    await storage.close();
    await expectEnded(file('pid'));
  });

  test('what the program says is why there is no way', async () => {
    rmSync(file('pid'), { force: true });
    const words = async (way: string) => {
      const { code, retry, message } = await failureOf(way);
      expect([code, retry]).toEqual(['storage.unreachable', 'later']);
      return message;
    };
    expect(await words('ProxyJump nobody@near')).toMatch(/ssh name is closed: .*Permission denied/);
    expect(await words('ProxyCommand /nowhere/program')).toMatch(/ssh name is closed: .*not found/);
    expect(await words('ProxyCommand true')).toMatch(/the way that the settings of ssh name is closed/);
  });

  test('a program that does nothing is given up and ended', async () => {
    const way = `ProxyCommand sh -c 'echo $$ > "${file('pid')}"; exec sleep 600'`;
    expect(await failureOf(way, 1500)).toMatchObject({ code: 'storage.timeout' });
    await expectEnded(file('pid'));
  });
});

/** Who is let in and what may be done, on real servers: logins, certificates, append-only, size limits, killed servers. */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { createPlacePorts } from '#core/place-ports.ts';
import { probePlace } from '#engine-service/probe-place.ts';
import type { Storage } from '#storage/port.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { NO_RCLONE, NO_REST_SERVER, rcloneProgram, restServerProgram } from '#test/support/place-programs.ts';
import {
  restStorageAt,
  startRcloneRestServer,
  startRestServer,
  type RestServerProcess,
  type RestStorageOptions,
} from '#test/support/rest-server.ts';
import { sha256 } from '#test/support/sha256.ts';
import { startTcpProxy } from '#test/support/tcp-proxy.ts';

const BYTES = Buffer.from('some bytes');
const NAME = sha256(BYTES);
const restServer = restServerProgram();
const rclone = rcloneProgram();

let folder: string;
const opened: Storage[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-rest-keys-'));
  makeCertificate('right', 'DNS:localhost');
  makeCertificate('other', 'DNS:elsewhere.example');
  const line = (user: string, password: string) =>
    `${user}:{SHA}${createHash('sha1').update(password).digest('base64')}\n`;
  writeFileSync(join(folder, 'htpasswd'), line('alice', 'alice:pw') + line('bob', 'bobpw'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

/** Its own authority, as people make one for a server at home. */
function makeCertificate(name: string, subjectAltName: string): void {
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    join(folder, `${name}.key`),
    '-out',
    join(folder, `${name}.crt`),
    '-subj',
    '/CN=test',
    '-addext',
    `subjectAltName=${subjectAltName}`,
  ];
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
}

function at(server: { readonly port: number }, path: string, options: RestStorageOptions = {}): Storage {
  const storage = restStorageAt(server.port, path, options);
  opened.push(storage);
  return storage;
}

describe.skipIf(restServer === undefined)(`a strict rest-server (${restServer ?? NO_REST_SERVER})`, () => {
  let server: RestServerProcess;
  const trusted = (name = 'right') => ({ RESTIC_CACERT: join(folder, `${name}.crt`) });
  const alice = { scheme: 'https' as const, login: 'alice:alice%3Apw' };

  beforeAll(async () => {
    const certificate = [
      '--tls',
      '--tls-cert',
      join(folder, 'right.crt'),
      '--tls-key',
      join(folder, 'right.key'),
    ];
    const rights = ['--private-repos', '--append-only', '--htpasswd-file', join(folder, 'htpasswd')];
    server = await startRestServer(restServer ?? '', { args: [...certificate, ...rights] });
  });
  afterAll(() => server.stop());

  test('lets in with user and password of the address, or of the environment', async () => {
    await at(server, 'alice', { ...alice, env: trusted() }).create();
    const login = { RESTIC_REST_USERNAME: 'alice', RESTIC_REST_PASSWORD: 'alice:pw' };
    await at(server, 'alice', { scheme: 'https', env: { ...trusted(), ...login } }).open();
    // Those of the address count alone.
    const storage = at(server, 'alice', { scheme: 'https', login: 'alice', env: { ...trusted(), ...login } });
    await expectCode(storage.open(), 'storage.wrongCredentials');
  });

  test.each([undefined, 'alice:wrong', 'nobody:x', 'bob:bobpw'])(
    'refuses %s, who learns what is wrong and tells no secret',
    async (login) => {
      const storage = at(server, 'alice', {
        scheme: 'https',
        env: trusted(),
        ...(login === undefined ? {} : { login }),
      });
      for (const call of [
        () => storage.create(),
        () => storage.open(),
        () => storage.list('key'),
        () => storage.load('pack', NAME),
      ]) {
        const error: unknown = await call().catch((reason: unknown) => reason);
        if (!isTidemarkError(error, 'storage.wrongCredentials')) throw error;
        expect(error.retry).toBe('afterUser');
        const password = login?.split(':')[1] ?? 'secret';
        expect(`${error.message} ${storage.location}`.replaceAll('wrong', 'wrong')).not.toContain(
          `:${password}`,
        );
      }
    },
  );

  test('an unknown certificate, or one for another name, is refused, and nothing is sent', async () => {
    const refused = async (env: Record<string, string>, reason: string, port = server.port) => {
      const storage = at({ port }, 'alice', { ...alice, env });
      const error: unknown = await storage.open().catch((each: unknown) => each);
      if (!isTidemarkError(error, 'storage.certificateUntrusted')) throw error;
      expect([error.retry, error.data.reason]).toEqual(['afterUser', reason]);
    };
    await refused({}, 'it signed its certificate itself');
    await refused(trusted('other'), 'it signed its certificate itself');
    const certificate = [
      '--tls',
      '--tls-cert',
      join(folder, 'other.crt'),
      '--tls-key',
      join(folder, 'other.key'),
    ];
    const misnamed = await startRestServer(restServer ?? '', { args: ['--no-auth', ...certificate] });
    try {
      await refused(trusted('other'), 'its certificate is for another name', misnamed.port);
    } finally {
      await misnamed.stop();
    }
  });

  test('https where only http is spoken, and the other way round', async () => {
    const plain = await startRestServer(restServer ?? '');
    await expectCode(at(plain, 'x', { scheme: 'https', env: trusted() }).open(), 'storage.unreachable');
    await plain.stop();
    const error: unknown = await at(server, 'alice')
      .open()
      .catch((each: unknown) => each);
    expect(isTidemarkError(error) && error.retry).toBe('never');
  });

  test('a connection that never comes to stand is given up', async () => {
    const link = await startTcpProxy({ targetPort: server.port });
    link.blackHole(true);
    const limits = { connectMs: 200, stallMs: 60_000 };
    const storage = at(link, 'alice', { ...alice, env: trusted(), limits });
    await expectCode(storage.open(), 'storage.timeout');
    link.close();
  });

  test('append-only: saving and removing locks go, nothing else is removed or replaced', async () => {
    const storage = at(server, 'alice', { ...alice, env: trusted() });
    await storage.create();
    for (const type of ['pack', 'index', 'snapshot', 'key', 'lock'] as const)
      await storage.save(type, NAME, BYTES);
    await storage.save('pack', NAME, BYTES);
    await storage.remove('lock', NAME);
    expect(await storage.list('lock')).toEqual([]);
    for (const type of ['pack', 'index', 'snapshot', 'key'] as const) {
      const error: unknown = await storage.remove(type, NAME).catch((each: unknown) => each);
      if (!isTidemarkError(error, 'storage.removalRefused')) throw error;
      expect([error.data.keptUntil, error.retry]).toEqual([null, 'afterUser']);
    }
    writeFileSync(join(server.folder, 'alice', 'data', NAME.slice(0, 2), NAME), 'damaged');
    await expectCode(storage.save('pack', NAME, BYTES), 'storage.accessDenied');
  });

  test('a certificate file that is not there is told by its name', () => {
    const open = () => at(server, 'alice', { ...alice, env: { RESTIC_CACERT: '/nowhere/ca.pem' } });
    expect(open).toThrow('/nowhere/ca.pem');
  });
});

describe.skipIf(restServer === undefined)(`rest-server (${restServer ?? NO_REST_SERVER})`, () => {
  test('a look at it: nothing there yet, empty, a repository, a wrong login', async () => {
    const server = await startRestServer(restServer ?? '', {
      args: ['--htpasswd-file', join(folder, 'htpasswd'), '--private-repos'],
    });
    const look = async (login: string) => {
      const address = `rest:http://${login}@localhost:${String(server.port)}/bob/place/`;
      const { storage } = createPlacePorts(address, { XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder });
      const found = await probePlace(storage, address, new AbortController().signal);
      await storage.close();
      expect(JSON.stringify(found)).not.toContain('bobpw');
      return found.kind;
    };
    try {
      expect(await look('bob:bobpw')).toBe('missing');
      const storage = at(server, 'bob/place', { login: 'bob:bobpw' });
      await storage.create();
      expect(await look('bob:bobpw')).toBe('empty');
      await storage.save('config', 'config', BYTES);
      expect(await look('bob:bobpw')).toBe('repository');
      expect(await look('bob:wrong')).toBe('wrongCredentials');
    } finally {
      await server.stop();
    }
  });

  test('a full server: told, nothing half is left, and it goes on when there is room', async () => {
    const server = await startRestServer(restServer ?? '', { args: ['--no-auth', '--max-size', '1000000'] });
    try {
      const storage = at(server, 'x');
      await storage.create();
      const [fits, large] = [Buffer.alloc(600_000, 1), Buffer.alloc(500_000, 2)];
      await storage.save('pack', sha256(fits), fits);
      await expectCode(storage.save('pack', sha256(large), large), 'storage.full');
      expect(await storage.list('pack')).toEqual([{ name: sha256(fits), sizeBytes: fits.length }]);
      expect((await storage.load('pack', sha256(fits))).length).toBe(fits.length);
      await storage.remove('pack', sha256(fits));
      await storage.save('pack', sha256(large), large);
    } finally {
      await server.stop();
    }
  });

  test('a server that is killed in mid-upload leaves nothing under the name', async () => {
    const first = await startRestServer(restServer ?? '', { folder: join(folder, 'killed') });
    const link = await startTcpProxy({ targetPort: first.port, up: { bytesPerSecond: 20_000_000 } });
    const storage = at(link, 'x');
    await storage.create();
    const bytes = Buffer.alloc(8_000_000, 7);
    const saving = storage.save('pack', sha256(bytes), bytes).catch((error: unknown) => error);
    const data = join(first.folder, 'x', 'data');
    while (!readdirSync(data, { recursive: true }).some((name) => String(name).includes('rest-server-temp')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(first.pid, 'SIGKILL');
    const error = await saving;
    expect(isTidemarkError(error) && error.retry).toBe('later');
    link.close();
    const second = await startRestServer(restServer ?? '', { folder: first.folder });
    const again = at(second, 'x');
    expect(
      readdirSync(data, { recursive: true }).some((name) => String(name).includes('rest-server-temp')),
    ).toBe(true);
    expect(await again.list('pack')).toEqual([]);
    await again.save('pack', sha256(bytes), bytes);
    expect(await again.list('pack')).toHaveLength(1);
    await second.stop();
    await first.stop();
  });
});

describe.skipIf(rclone === undefined)(`rclone as a strict REST server (${rclone ?? NO_RCLONE})`, () => {
  test('append-only, private, with a password', async () => {
    const args = ['--private-repos', '--append-only', '--htpasswd', join(folder, 'htpasswd')];
    const server = await startRcloneRestServer(rclone ?? '', { args });
    try {
      const storage = at(server, 'alice', { login: 'alice:alice%3Apw' });
      await storage.create();
      await storage.save('config', 'config', BYTES);
      await storage.save('pack', NAME, BYTES);
      await storage.save('pack', NAME, BYTES);
      await storage.save('lock', NAME, BYTES);
      await storage.remove('lock', NAME);
      await expectCode(storage.remove('pack', NAME), 'storage.removalRefused');
      await expectCode(storage.save('config', 'config', BYTES), 'storage.alreadyExists');
      await expectCode(at(server, 'bob', { login: 'alice:alice%3Apw' }).open(), 'storage.accessDenied');
      await expectCode(at(server, 'alice', { login: 'alice:x' }).open(), 'storage.wrongCredentials');
    } finally {
      await server.stop();
    }
  });
});

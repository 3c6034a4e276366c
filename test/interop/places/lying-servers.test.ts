/**
 * Servers of the web that lie: lists with names twice, lists from before the last change, loads that fail now and then. Two
 * backups through such a server end well, and what is there then is whole to the last byte, seen by restic without the lies.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import type { Repository } from '#repository/repository.ts';
import { LimitStorage } from '#storage/decorators/limit-storage.ts';
import { RetryStorage } from '#storage/decorators/retry-storage.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { Storage } from '#storage/port.ts';
import { openStorage } from '#storage/registry.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { backUp, initTestRepository, reopen, TEST_PASSWORD } from '#test/support/engine.ts';
import {
  startHttpFaultProxy,
  type HttpFaultProxy,
  type ProxiedAnswer,
  type ProxiedRequest,
} from '#test/support/http-fault-proxy.ts';
import { NO_RCLONE, NO_REST_SERVER, rcloneProgram, restServerProgram } from '#test/support/place-programs.ts';
import { runProgram } from '#test/support/product.ts';
import { startRcloneRestServer, startRestServer } from '#test/support/rest-server.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';
import { keysEnvironment, makeBucket, s3Client } from '#test/support/s3-places.ts';
import { OWNER_KEYS, s3ServerObstacle, startS3Server } from '#test/support/s3-server.ts';

interface Server {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  addressAt(port: number): string;
  stop(): Promise<void>;
}

interface Kind {
  readonly title: string;
  readonly obstacle: string | undefined;
  start(): Promise<Server>;
  isList(asked: ProxiedRequest): boolean;
  /** The same list with everything twice. */
  repeat(body: string): string;
}

const REST = {
  isList: ({ method, path: asked }: ProxiedRequest) => method === 'GET' && asked.endsWith('/'),
  repeat: (body: string) => {
    const entries = JSON.parse(body) as unknown[] | null;
    return JSON.stringify(entries === null ? null : [...entries, ...entries]);
  },
};
const [restic] = newestRestic().slice(-1);
const restServer = restServerProgram();
const rclone = rcloneProgram();

const KINDS: readonly Kind[] = [
  {
    ...REST,
    title: 'rest-server',
    obstacle: restServer === undefined ? NO_REST_SERVER : undefined,
    start: async () => asRest(await startRestServer(restServer ?? '')),
  },
  {
    ...REST,
    title: 'rclone serve restic',
    obstacle: rclone === undefined ? NO_RCLONE : undefined,
    start: async () => asRest(await startRcloneRestServer(rclone ?? '')),
  },
  {
    title: 'S3',
    obstacle: s3ServerObstacle(),
    start: startBucket,
    isList: ({ path: asked }) => asked.includes('list-type=2'),
    repeat: (body) => body.replaceAll(/<Contents>.*?<\/Contents>/gs, '$&$&'),
  },
];

const LIES: readonly (readonly [string, (proxy: HttpFaultProxy, kind: Kind) => void])[] = [
  [
    'lists with every name twice',
    (proxy, { isList, repeat }) => {
      proxy.alter = (asked, answered) => {
        if (!isList(asked) || answered.status !== 200) return answered;
        return { ...answered, body: repeat(String(answered.body)) };
      };
    },
  ],
  [
    'lists from before the last change',
    (proxy, { isList }) => {
      const known = new Map<string, ProxiedAnswer>();
      proxy.alter = (asked, answered) => {
        if (!isList(asked)) return answered;
        const old = known.get(asked.path) ?? answered;
        known.set(asked.path, answered);
        return old;
      };
    },
  ],
  [
    'a third of all answers that fail, and every file cut short the first time it is loaded',
    (proxy, { isList }) => {
      let asked = 0;
      proxy.answer = () => (++asked % 3 === 0 ? { status: 500 } : undefined);
      // Half of it, with the length of that: what a broken cache makes of a file.
      const loaded = new Set<string>();
      proxy.alter = (request, answered) => {
        if (request.method !== 'GET' || isList(request) || loaded.has(request.path)) return answered;
        loaded.add(request.path);
        return { ...answered, body: answered.body.subarray(0, answered.body.length >> 1) };
      };
    },
  ],
];

for (const kind of KINDS) {
  const obstacle = kind.obstacle ?? (restic === undefined ? NO_RESTIC : undefined);
  describe.skipIf(obstacle !== undefined)(`${kind.title} (${obstacle ?? 'lying'})`, () => {
    let server: Server;
    let proxy: HttpFaultProxy;
    let work: string;
    let source: string;
    let repository: Repository;
    let saved = 0;

    beforeAll(async () => {
      work = mkdtempSync(path.join(tmpdir(), 'tidemark-lies-'));
      source = path.join(work, 'source');
      cpSync(path.resolve(import.meta.dirname, '../../../src-main/storage'), source, { recursive: true });
      server = await kind.start();
      proxy = await startHttpFaultProxy(server.port);
      repository = await initTestRepository(open(server.port));
      await giveCheapKey(repository, TEST_PASSWORD);
    });
    afterAll(async () => {
      await repository.storage.close();
      proxy.close();
      await server.stop();
      rmSync(work, { recursive: true, force: true });
    });

    function open(port: number): Storage {
      const location = parseLocation(server.addressAt(port));
      const bare = openStorage(location, { clock: systemClock, env: server.env });
      const limited = new LimitStorage(bare, { maxConcurrent: 5, clock: systemClock });
      const budget = { firstDelayMs: 2, maxDelayMs: 20, totalMs: 20_000 };
      return new RetryStorage(limited, { clock: systemClock, random: Math.random, budget });
    }

    test.each(LIES)('%s: two backups end well, and all is there', async (title, lie) => {
      lie(proxy, kind);
      const lied = open(proxy.port);
      try {
        for (const text of ['one', 'two']) {
          writeFileSync(path.join(source, 'changed'), `${title} ${text}`);
          await backUp(reopen(repository, lied), source);
          saved++;
          const names = (await lied.list('index')).map(({ name }) => name);
          expect(names).toEqual([...new Set(names)]);
        }
      } finally {
        proxy.reset();
        await lied.close();
      }
      expect(await repository.storage.list('snapshot')).toHaveLength(saved);
      expect(await repository.storage.list('lock')).toEqual([]);
      const args = ['-r', server.addressAt(server.port), '--no-cache', 'check', '--read-data'];
      const env = { ...server.env, RESTIC_PASSWORD: TEST_PASSWORD };
      const checked = await runProgram(restic?.path ?? '', args, { env });
      expect(`${checked.stderr}${checked.stdout} code ${String(checked.code)}`).toMatch(/code 0$/);
    });
  });
}

function asRest(server: { readonly port: number; stop(): Promise<void> }): Server {
  return {
    port: server.port,
    env: {},
    addressAt: (port) => `rest:http://127.0.0.1:${String(port)}/place/`,
    stop: () => server.stop(),
  };
}

async function startBucket(): Promise<Server> {
  const server = await startS3Server();
  const client: S3Client = s3Client(server);
  const bucket = await makeBucket(client);
  client.destroy();
  return {
    port: server.port,
    env: keysEnvironment(OWNER_KEYS),
    addressAt: (port) => `s3:http://127.0.0.1:${String(port)}/${bucket}/place`,
    stop: () => server.stop(),
  };
}

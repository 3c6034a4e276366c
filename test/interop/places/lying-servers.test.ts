/**
 * Servers of the web that lie: lists with names twice, lists from before the last change, loads that fail now and then. Two
 * backups through such a server end well, and what is there then is whole to the last byte, seen by restic without the lies.
 */
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
} from '#test/support/http-fault-proxy.ts';
import { runProgram } from '#test/support/product.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';
import { WEB_KINDS, type WebKind, type WebServer } from '#test/support/web-servers.ts';

const [restic] = newestRestic().slice(-1);

const LIES: readonly (readonly [string, (proxy: HttpFaultProxy, kind: WebKind) => void])[] = [
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

for (const kind of WEB_KINDS) {
  const obstacle = kind.obstacle ?? (restic === undefined ? NO_RESTIC : undefined);
  describe.skipIf(obstacle !== undefined)(`${kind.title} (${obstacle ?? 'lying'})`, () => {
    let server: WebServer;
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
      const limited = new LimitStorage(bare, { maxConcurrent: 5 });
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

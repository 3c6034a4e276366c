/**
 * Servers whose lists stand still while another computer saves a version there: whoever removes something in that time must not
 * take for unused what that version needs. Old lists are what a cache on the way hands out, and what some clouds do.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import type { SnapshotId } from '#base/ids.ts';
import { LOCK_LISTED_WAITS_MS } from '#repository/lock-rules.ts';
import type { Repository } from '#repository/repository.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { Storage } from '#storage/port.ts';
import { openStorage } from '#storage/registry.ts';
import { backUp, initTestRepository, reopen } from '#test/support/engine.ts';
import {
  startHttpFaultProxy,
  type HttpFaultProxy,
  type ProxiedAnswer,
} from '#test/support/http-fault-proxy.ts';
import { contentsOf, runPrune, troublesOf } from '#test/support/prune.ts';
import { WEB_KINDS, type WebServer } from '#test/support/web-servers.ts';

/** Looks again for the own lock without waiting. */
const skipping = {
  ...systemClock,
  sleep: (delayMs: number, signal?: AbortSignal) =>
    systemClock.sleep(LOCK_LISTED_WAITS_MS.includes(delayMs) ? 1 : delayMs, signal),
};

for (const kind of WEB_KINDS) {
  describe.skipIf(kind.obstacle !== undefined)(`${kind.title} (${kind.obstacle ?? 'lists behind'})`, () => {
    let server: WebServer;
    let proxy: HttpFaultProxy;
    let work: string;
    let repository: Repository;
    let behind: Storage;

    beforeAll(async () => {
      work = mkdtempSync(path.join(tmpdir(), 'tidemark-behind-'));
      server = await kind.start();
      proxy = await startHttpFaultProxy(server.port);
      repository = await initTestRepository(open(server.port));
      behind = open(proxy.port);
    });
    afterAll(async () => {
      await behind.close();
      await repository.storage.close();
      proxy.close();
      await server.stop();
      rmSync(work, { recursive: true, force: true });
    });

    function open(port: number): Storage {
      const location = parseLocation(server.addressAt(port));
      return openStorage(location, { clock: systemClock, env: server.env });
    }

    /** Every list as it was when it was asked for first, until the locks were asked for so many times. */
    function freeze(lockLists: number): void {
      const known = new Map<string, ProxiedAnswer>();
      let left = lockLists;
      proxy.alter = (asked, answered) => {
        if (!kind.isList(asked)) return answered;
        if (asked.path.includes('locks') && left-- <= 0) known.clear();
        const old = known.get(asked.path) ?? answered;
        if (left >= 0) known.set(asked.path, old);
        return old;
      };
    }

    async function saveVersion(name: string): Promise<SnapshotId> {
      const source = path.join(work, name);
      writeFileSync(source, `what only ${name} has`);
      const { snapshotId } = await backUp(repository, source);
      return snapshotId!;
    }

    /** Everything is listed once; then another computer saves a version. */
    async function saveUnseen(name: string, lockLists: number): Promise<SnapshotId> {
      freeze(lockLists);
      for (const type of ['snapshot', 'index', 'lock'] as const) await behind.list(type);
      return saveVersion(name);
    }

    test('a version that nobody sees keeps all that it needs: the prune refuses', async () => {
      await saveVersion('seen');
      await saveUnseen('unseen', Infinity);
      const before = await contentsOf(repository, repository.storage);
      expect(before.size).toBe(2);
      const outcome = await runPrune(repository, behind, {}, {}, undefined, { clock: skipping }).catch(
        (error: unknown) => (isTidemarkError(error) ? error.code : error),
      );
      proxy.reset();
      expect(await repository.storage.list('lock')).toEqual([]);
      expect(await contentsOf(repository, repository.storage)).toEqual(before);
      expect(outcome).toBe('storage.listBehind');
    });

    test('when the lists come after a while, the prune sees it and does its work', async () => {
      const forgotten = await saveVersion('to be forgotten');
      const unseen = await saveUnseen('unseen at first', 4);
      await repository.storage.remove('snapshot', forgotten);
      const request = { maxUnused: { kind: 'bytes', bytes: 0 } } as const;
      const result = await runPrune(repository, behind, request, {}, undefined, { clock: skipping });
      proxy.reset();
      expect(result.removedPacks).toBeGreaterThan(0);
      expect([...(await contentsOf(repository, repository.storage)).keys()]).toContain(unseen);
      expect(await troublesOf(reopen(repository), repository.storage)).toEqual([]);
    });
  });
}

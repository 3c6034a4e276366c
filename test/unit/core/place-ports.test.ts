import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPlacePorts } from '#core/place-ports.ts';

test('only places behind a network have a cache, and only where it is wanted; its bound lets something in', async () => {
  const base = mkdtempSync(path.join(tmpdir(), 'tidemark-ports-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const env = { XDG_CACHE_HOME: path.join(base, 'cache'), XDG_STATE_HOME: path.join(base, 'state') };
  const far = 'rest:http://127.0.0.1:1/place/';
  expect(createPlacePorts(path.join(base, 'place'), env).cache).toBeUndefined();
  expect(createPlacePorts(far, env, { noCache: true }).cache).toBeUndefined();
  const first = createPlacePorts(far, env);
  first.cache?.keep('tree', 'aa', Buffer.from('kept'));
  await first.storage.close();
  const again = createPlacePorts(far, env);
  expect(Buffer.from((await again.cache?.get('tree', 'aa')) ?? []).toString()).toBe('kept');
  expect(
    await createPlacePorts('rest:http://127.0.0.1:1/other/', env).cache?.get('tree', 'aa'),
  ).toBeUndefined();
});

test('calls under way at a time: five behind a network, or as many as are asked for', async () => {
  const base = mkdtempSync(path.join(tmpdir(), 'tidemark-ports-'));
  let underWay = 0;
  let most = 0;
  const server = http.createServer((_request, response) => {
    most = Math.max(most, ++underWay);
    setTimeout(() => {
      underWay--;
      response.writeHead(404).end();
    }, 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(base, { recursive: true, force: true });
  });
  const env = { XDG_CACHE_HOME: base, XDG_STATE_HOME: base };
  const address = `rest:http://127.0.0.1:${String((server.address() as AddressInfo).port)}/place/`;
  for (const [settings, expected] of [
    [undefined, 5],
    [{ connections: { rest: 2, s3: 9 } }, 2],
  ] as const) {
    most = 0;
    const { storage } = createPlacePorts(address, env, { settings });
    const names = Array.from({ length: 12 }, (_, i) => i.toString(16).repeat(64));
    await Promise.all(names.map((name) => storage.stat('index', name).catch(() => undefined)));
    await storage.close();
    expect(most).toBe(expected);
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
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

/** The window's copy of the mirror: kept up by events, asked for anew when one was missed. */
import { expect, test } from 'vitest';
import type { Mirror, MirrorChange } from '#contract/app/mirror-values.ts';
import { MirrorStore } from '#renderer/core-link/mirror-store.ts';
import { wellProtected } from '#test/support/mirror-parts.ts';

class FakeCore {
  mirror: Mirror = { revision: 5, ...wellProtected(0) };
  loads = 0;
  isGone = false;
  send: (change: MirrorChange) => void = () => undefined;

  async load(): Promise<Mirror> {
    this.loads++;
    if (this.isGone) throw new Error('gone');
    return this.mirror;
  }

  onChange(listener: (change: MirrorChange) => void): () => void {
    this.send = listener;
    return () => undefined;
  }
}

const pauseOf = (untilMs: number) => ({ pause: { sinceMs: 0, untilMs } });
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function start() {
  const core = new FakeCore();
  const store = new MirrorStore(core);
  let told = 0;
  store.subscribe(() => told++);
  await settle();
  return { core, store, toldTimes: () => told };
}

test('the whole comes first, then parts that changed', async () => {
  const { core, store, toldTimes } = await start();
  expect(store.get()?.revision).toBe(5);
  core.send({ revision: 6, parts: pauseOf(1) });
  expect(store.get()).toMatchObject({ revision: 6, ...pauseOf(1) });
  expect(store.get()?.plans).toHaveLength(2);
  expect(core.loads).toBe(1);
  expect(toldTimes()).toBe(2);
});

test('what is older than the whole changes nothing', async () => {
  const { core, store, toldTimes } = await start();
  core.send({ revision: 5, parts: pauseOf(1) });
  core.send({ revision: 4, parts: pauseOf(2) });
  expect(store.get()?.pause).toBeNull();
  expect(toldTimes()).toBe(1);
});

test('a gap: the whole is asked for again, once', async () => {
  const { core, store } = await start();
  core.mirror = { ...core.mirror, revision: 9, ...pauseOf(3) };
  core.send({ revision: 8, parts: {} });
  core.send({ revision: 9, parts: pauseOf(3) });
  await settle();
  expect(core.loads).toBe(2);
  expect(store.get()).toMatchObject({ revision: 9, ...pauseOf(3) });
});

test('a core that is gone leaves what was known', async () => {
  const { core, store } = await start();
  core.isGone = true;
  core.send({ revision: 20, parts: pauseOf(1) });
  await settle();
  expect(store.get()?.revision).toBe(5);
});

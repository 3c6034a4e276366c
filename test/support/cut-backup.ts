/**
 * A backup of noise by the built program to a place behind a line that is cut again and again: it ends, the place is whole, and
 * nothing went up more than twice. A few pieces in every run; by hand a gigabyte at 100 Mbit/s, cut every 5 seconds:
 * `CUT_MIB=1024 vitest run test/interop/places -t "cut connections"`.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { giveCheapKeyAt } from './cheap-key.ts';
import { PRODUCT_PASSWORD, tidemark } from './product.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const MIB = 1 << 20;
const BY_HAND_MIB = Number(process.env['CUT_MIB'] ?? 0);
const SIZE_MIB = BY_HAND_MIB === 0 ? 48 : BY_HAND_MIB;
const BYTES_PER_SECOND = 12_500_000;
const CUT_EVERY_MS = 5000;
/** In the short form connections are cut when this part of everything has gone up, so often. */
const SHORT_CUTS = 3;

export const CUT_BACKUP_LIMIT_MS = 900_000;

interface CutPlace {
  readonly serverPort: number;
  readonly env: Readonly<Record<string, string>>;
  /** Of the place when it is reached through this port. */
  addressOf(port: number): string;
  /** Something worse than a cut, once in the middle. */
  readonly breakServer?: () => Promise<void>;
}

export async function backUpThroughCuts({
  serverPort,
  env,
  addressOf,
  breakServer,
}: CutPlace): Promise<void> {
  const proxy = await startTcpProxy({
    targetPort: serverPort,
    ...(BY_HAND_MIB > 0 && { up: { bytesPerSecond: BYTES_PER_SECOND } }),
  });
  const noise = mkdtempSync(path.join(tmpdir(), 'tidemark-noise-'));
  const run = async (...args: string[]): Promise<void> => {
    const { stdout, stderr, code } = await tidemark(['-r', addressOf(proxy.port), ...args], {
      env: { ...env, XDG_STATE_HOME: path.join(noise, 'state') },
    });
    expect(`${stderr}${stdout} code ${String(code)}`).toMatch(/code 0$/);
  };
  const cutSoon = async (cuts: number): Promise<void> => {
    await proxy.cutAfter('up', (SIZE_MIB * MIB) / 4);
    if (cuts === 2) await breakServer?.();
    if (cuts < SHORT_CUTS) await cutSoon(cuts + 1);
  };
  try {
    for (let i = 0; i < SIZE_MIB; i += 16) writeFileSync(path.join(noise, String(i)), randomBytes(16 * MIB));
    await run('init');
    await giveCheapKeyAt(addressOf(proxy.port), PRODUCT_PASSWORD, { ...env });
    const before = { up: proxy.bytes.up, connections: proxy.connectionCount };
    if (BY_HAND_MIB > 0) proxy.cutEvery(CUT_EVERY_MS);
    else void cutSoon(1);
    await run('backup', '--exclude', 'state', noise);
    proxy.cutEvery(undefined);
    const sentBytes = proxy.bytes.up - before.up;
    const connections = proxy.connectionCount - before.connections;
    if (BY_HAND_MIB > 0)
      console.log(`${SIZE_MIB} MiB: ${Math.round(sentBytes / MIB)} MiB sent, ${connections} connections`);
    expect(connections).toBeGreaterThan(SHORT_CUTS);
    expect(sentBytes).toBeLessThan(2 * SIZE_MIB * MIB);
    await run('check', '--read-data');
  } finally {
    proxy.close();
    rmSync(noise, { recursive: true, force: true });
  }
}

/**
 * The packed application, without Electron's binary: electron-builder packs against a stub, and what it packed is
 * taken apart, checked by its own self-check and started on the test host.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extractAll } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, until } from '#test/e2e/support/launch.ts';
import { makeStubElectron, readFuses } from '#test/support/stub-electron.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PACK_LIMIT_MS = 120_000;

const work = mkdtempSync(path.join(tmpdir(), 'tidemark-package-'));
const unpacked = path.join(work, 'release/linux-unpacked');
const app = path.join(work, 'app');

/** Packages that lie beside the bundles. */
function listPackages(): string[] {
  const modules = path.join(app, 'node_modules');
  return readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(path.join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

beforeAll(() => {
  const stub = path.join(work, 'stub');
  mkdirSync(stub);
  makeStubElectron(stub);
  const builder = path.join(ROOT, 'node_modules/electron-builder/cli.js');
  const settings = [`-c.electronDist=${stub}`, `-c.directories.output=${path.join(work, 'release')}`];
  const result = spawnSync(
    process.execPath,
    [builder, '--linux', 'dir', '--x64', '--publish', 'never', ...settings],
    {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: PACK_LIMIT_MS,
      env: { ...process.env, CI: 'true' },
    },
  );
  if (result.status !== 0) throw new Error(`electron-builder failed:\n${result.stdout}\n${result.stderr}`);
  extractAll(path.join(unpacked, 'resources/app.asar'), app);
}, PACK_LIMIT_MS);
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('what is packed', () => {
  test('bundles, pages, icons and kernels, and only the packages that cannot be bundled', () => {
    expect(readdirSync(app).toSorted()).toEqual(['assets', 'dist', 'node_modules', 'package.json']);
    expect(listPackages().toSorted()).toEqual(['@koromix/koffi-linux-x64', 'keytar', 'koffi', 'sql.js']);
    expect(readdirSync(path.join(app, 'node_modules/keytar/prebuilds'))).toEqual(['linux-x64']);
    expect(readdirSync(path.join(app, 'node_modules/sql.js/dist')).toSorted()).toEqual([
      'sql-wasm.js',
      'sql-wasm.wasm',
    ]);
  });

  test('libraries of the system lie outside of the archive', () => {
    const outside = readdirSync(path.join(unpacked, 'resources/app.asar.unpacked'), { recursive: true });
    const libraries = outside.map(String).filter((name) => name.endsWith('.node'));
    expect(libraries.some((name) => name.includes('keytar'))).toBe(true);
    expect(libraries.some((name) => name.includes('koffi'))).toBe(true);
  });

  test('fuses are as the configuration says', () => {
    // runAsNode, cookies, NODE_OPTIONS, inspect, asar integrity, only asar, own snapshot, file protocol, wasm traps.
    expect(readFuses(path.join(unpacked, 'tidemark'))).toMatch(/^0000110/);
    expect(readFuses(path.join(unpacked, 'tidemark'))[7]).toBe('0');
  });

  test('the package knows its main module', () => {
    const { main } = JSON.parse(readFileSync(path.join(app, 'package.json'), 'utf8')) as { main: string };
    expect(main).toBe('dist/electron.mjs');
  });
});

test('everything loads from where it was packed', () => {
  const check = spawnSync(process.execPath, [path.join(app, 'dist/self-check.mjs')], {
    cwd: work,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(check.stdout + check.stderr).not.toContain('FAILED');
  expect(JSON.parse(check.stdout)).toEqual({
    kernels: 64,
    sqlJs: 42,
    koffi: 4,
    keytar: 'function',
    archiver: 'function',
    pipelineWorker: 'ended',
    pages: true,
    preload: true,
    trayIcon: true,
  });
  expect(check.status).toBe(0);
});

test('the packed application starts and shows its page', async () => {
  const running = await launch({ app });
  try {
    const page = await running.window;
    await page.getByRole('heading', { name: 'New here, or getting things back?' }).waitFor();
    await until('the tray is there', async () => (await running.trayLabels()).includes('Quit Tidemark'));
  } finally {
    await running.close();
  }
});

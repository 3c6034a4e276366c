/**
 * Makes an application folder around the scripted core: main module and preload are bundled from their sources, as
 * scripts/bundle.mjs does it; the pages are the built ones.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'rolldown';
import { ROOT } from './target.ts';

export async function makeScriptedApp(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-scripted-'));
  const dist = path.join(folder, 'dist');
  mkdirSync(dist);
  await build({
    cwd: ROOT,
    input: {
      electron: path.join(ROOT, 'test/e2e/scripted/main.ts'),
      'engine-process': path.join(ROOT, 'test/e2e/scripted/engine-process.ts'),
    },
    platform: 'node',
    external: ['electron', 'koffi'],
    logLevel: 'silent',
    output: { dir: dist, format: 'esm', entryFileNames: '[name].mjs' },
  });
  await build({
    cwd: ROOT,
    input: path.join(ROOT, 'src-main/hosts/electron/preload.ts'),
    platform: 'browser',
    external: ['electron', /^node:/],
    logLevel: 'silent',
    output: { file: path.join(dist, 'preload.cjs'), format: 'cjs', codeSplitting: false },
  });
  cpSync(path.join(ROOT, 'dist/renderer'), path.join(dist, 'renderer'), { recursive: true });
  symlinkSync(path.join(ROOT, 'assets'), path.join(folder, 'assets'));
  const { name, version, productName, main } = JSON.parse(
    readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name, version, productName, main, type: 'module' }),
  );
  return folder;
}

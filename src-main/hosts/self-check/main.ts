/**
 * Proves that a packed application is whole: everything that lies beside the bundles is found and works from where it
 * is. Run by plain Node in an unpacked package (test/package). Prints one line of JSON; exit code 1 if anything fails.
 */
import { Worker } from 'node:worker_threads';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { endWorker } from '#pipeline/end-worker.ts';
import { createKernels } from '#primitives/kernels.ts';
import { loadPageFiles } from '#core/pages/page-files.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** Each loads its part for real. */
const PARTS: Readonly<Record<string, () => unknown>> = {
  kernels: () => createKernels().allocate(64).length,
  sqlJs: async () => {
    const { default: initSqlJs } = await import('sql.js');
    const { Database } = await initSqlJs();
    return new Database().exec('SELECT 6 * 7 AS answer')[0]?.values[0]?.[0];
  },
  koffi: async () => {
    const { default: koffi } = await import('koffi');
    return koffi.sizeof('int');
  },
  keytar: async () => typeof (await import('keytar')).getPassword,
  archiver: async () => typeof (await import('archiver')).ZipArchive,
  pipelineWorker: async () => {
    const worker = new Worker(new URL('./pipeline-worker.mjs', import.meta.url));
    await new Promise((resolve, reject) => {
      worker.once('online', resolve);
      worker.once('error', reject);
    });
    await endWorker(worker);
    return 'ended';
  },
  pages: () =>
    loadPageFiles(path.join(ROOT, 'dist', 'renderer'))
      .get('/')!
      .read().length > 0,
  preload: () => readFileSync(path.join(ROOT, 'dist', 'preload.cjs')).length > 0,
  trayIcon: () => readFileSync(path.join(ROOT, 'assets', 'icons', 'tray', 'idle.png')).length > 0,
};

const found: Record<string, unknown> = {};
let failures = 0;
for (const [name, load] of Object.entries(PARTS)) {
  try {
    found[name] = await load();
  } catch (error) {
    failures++;
    found[name] = `FAILED: ${error instanceof Error ? error.message : String(error)}`;
  }
}
process.stdout.write(`${JSON.stringify(found)}\n`);
process.exitCode = failures === 0 ? 0 : 1;

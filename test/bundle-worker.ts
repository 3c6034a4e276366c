/**
 * Bundles the pipeline worker before any test runs: from its many source files a thread takes 370 ms of processor time
 * to start, from one file 60 ms, and tests of the engine start thousands. Always made anew, so tests run what stands in
 * the sources.
 */
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { BUNDLED_WORKER } from './support/bundled-threads.ts';

const SOURCE = path.resolve(import.meta.dirname, '../src-main/hosts/pipeline-worker/main.ts');

/** Called by vitest. Another run in this checkout may be using the file: it is replaced in one step. */
export async function setup(): Promise<void> {
  const fresh = `${BUNDLED_WORKER}-${process.pid}.mjs`;
  mkdirSync(path.dirname(fresh), { recursive: true });
  const bundle = await rolldown({ input: SOURCE, platform: 'node', external: ['koffi'], logLevel: 'warn' });
  await bundle.write({ file: fresh, format: 'esm', codeSplitting: false });
  await bundle.close();
  renameSync(fresh, BUNDLED_WORKER);
}

/**
 * Builds what is run: the WebAssembly kernels into assets/wasm and the entry points into dist/. Runs on Node 20.
 * Each run replaces dist/ as a whole, at the end, so that a running program or a failed build never meets half of one.
 */
import { existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { NODE_24, ROOT, run } from './checkout.mjs';
import { ensureNode } from './ensure-node.mjs';

/** Name in dist/ -> entry point. */
const ENTRIES = {
  browser: 'src-main/hosts/browser/main.ts',
  cli: 'src-main/hosts/cli/main.ts',
  'engine-process': 'src-main/hosts/engine-process/main.ts',
  'pipeline-worker': 'src-main/hosts/pipeline-worker/main.ts',
  'watch-worker': 'src-main/hosts/watch-worker/main.ts',
};

/** Left in node_modules: keytar, koffi and sql.js bring binaries, archiver is large and loaded only when an archive is asked for. */
const EXTERNAL = ['keytar', 'koffi', 'archiver', 'sql.js'];

try {
  ensureNode();
  if ((await run(NODE_24, ['scripts/build-wasm.mjs'])) !== 0) {
    throw new Error('The WebAssembly kernels do not build; see above.');
  }
  await bundle();
  linkCommand();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** What the entries share becomes a file of its own beside them: dist/ stays flat, its files name each other. */
async function bundle() {
  const { build } = await import('rolldown');
  const fresh = path.join(ROOT, '.cache', `dist-${process.pid}`);
  await build({
    cwd: ROOT,
    input: ENTRIES,
    platform: 'node',
    external: EXTERNAL,
    logLevel: 'warn',
    output: {
      dir: fresh,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
      minify: false,
      sourcemap: false,
    },
  });
  const dist = path.join(ROOT, 'dist');
  const old = path.join(ROOT, '.cache', `dist-old-${process.pid}`);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
  console.log(
    `Built ${Object.keys(ENTRIES)
      .map((name) => `dist/${name}.mjs`)
      .join(', ')}`,
  );
}

/** npm links programs of dependencies only; this makes `npx tidemark` in the checkout find ours at once. */
function linkCommand() {
  if (process.platform === 'win32') return;
  const link = path.join(ROOT, 'node_modules', '.bin', 'tidemark');
  rmSync(link, { force: true });
  symlinkSync(path.join('..', '..', 'bin', 'tidemark'), link);
}

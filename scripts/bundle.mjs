/**
 * Bundles the programs by rolldown and the window's pages by Vite, into dist/. Each run replaces dist/ as a whole, at
 * the end, so that a running program or a failed build never meets half of one. Runs on Node 24, for build.mjs.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build as rolldown } from 'rolldown';
import { build as vite } from 'vite';
import { ROOT } from './checkout.mjs';

/** Name in dist/ -> entry point. */
const ENTRIES = {
  browser: 'src-main/hosts/browser/main.ts',
  cli: 'src-main/hosts/cli/main.ts',
  'engine-process': 'src-main/hosts/engine-process/main.ts',
  'pipeline-worker': 'src-main/hosts/pipeline-worker/main.ts',
  'watch-worker': 'src-main/hosts/watch-worker/main.ts',
  electron: 'src-main/hosts/electron/main.ts',
  'self-check': 'src-main/hosts/self-check/main.ts',
};

/** Of the sandboxed window: can load nothing else, so it is one CommonJS file of its own. */
const PRELOAD = 'src-main/hosts/electron/preload.ts';

/**
 * Left in node_modules: electron is the shell itself, the others bring binaries. As in electron-builder.yml; but
 * cpu-features, which ssh2 would like to have and does well without, is compiled by nobody.
 */
const EXTERNAL = ['electron', 'keytar', 'koffi', 'sql.js', 'cpu-features'];

/** What jsPDF would load to turn HTML into pictures, which nothing here asks for. */
const UNUSED = ['html2canvas', 'dompurify', 'canvg'];

const fresh = path.join(ROOT, '.cache', `dist-${process.pid}`);
await Promise.all([bundlePrograms(fresh), bundlePreload(fresh), buildPages(path.join(fresh, 'renderer'))]);
const dist = path.join(ROOT, 'dist');
const old = path.join(ROOT, '.cache', `dist-old-${process.pid}`);
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });
const programs = Object.keys(ENTRIES).map((name) => `dist/${name}.mjs`);
console.log(`Built ${[...programs, 'dist/preload.cjs', 'dist/renderer'].join(', ')}`);

/**
 * What the programs share becomes files of their own beside them: dist/ stays flat, its files name each other.
 * @param {string} folder
 */
async function bundlePrograms(folder) {
  await rolldown({
    cwd: ROOT,
    input: ENTRIES,
    platform: 'node',
    external: EXTERNAL,
    // ssh2 looks at its own folder while it is loaded, though it needs it for an agent of Windows alone.
    transform: { define: { __dirname: 'import.meta.dirname' } },
    logLevel: 'warn',
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
      minify: false,
      sourcemap: false,
    },
  });
}

/** @param {string} folder */
async function bundlePreload(folder) {
  await rolldown({
    cwd: ROOT,
    input: PRELOAD,
    platform: 'browser',
    external: ['electron'],
    logLevel: 'warn',
    output: { file: path.join(folder, 'preload.cjs'), format: 'cjs', codeSplitting: false },
  });
}

/**
 * Everything is a file of its own, because the pages' policy allows nothing written into them.
 * @param {string} folder
 */
async function buildPages(folder) {
  await vite({
    configFile: false,
    root: path.join(ROOT, 'src-renderer'),
    base: './',
    logLevel: 'warn',
    plugins: [react()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'chrome146',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      // The largest two are loaded when they are asked for: lists of leaked words, and what draws PDF pages.
      chunkSizeWarningLimit: 2_600,
      rolldownOptions: { external: UNUSED },
    },
  });
}

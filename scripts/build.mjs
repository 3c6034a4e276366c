/**
 * Builds what is run: the WebAssembly kernels into assets/wasm, programs and pages into dist/. Runs on Node 20 and has
 * each part done by Node 24.
 */
import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { NODE_24, ROOT, run } from './checkout.mjs';
import { ensureNode } from './ensure-node.mjs';

try {
  ensureNode();
  if ((await run(NODE_24, ['scripts/build-wasm.mjs'])) !== 0) {
    throw new Error('The WebAssembly kernels do not build; see above.');
  }
  if ((await run(NODE_24, ['scripts/bundle.mjs'])) !== 0) {
    throw new Error('The programs and pages do not build; see above.');
  }
  linkCommand();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** npm links programs of dependencies only; this makes `npx tidemark` in the checkout find ours at once. */
function linkCommand() {
  if (process.platform === 'win32') return;
  const link = path.join(ROOT, 'node_modules', '.bin', 'tidemark');
  rmSync(link, { force: true });
  symlinkSync(path.join('..', '..', 'bin', 'tidemark'), link);
}

/**
 * `npm start [-- ARGUMENTS]`: the application from this checkout, in its window, where Electron's binary and a display
 * are there; otherwise in browser mode (`tidemark serve`), which prints a link. Says which and why. Installs and builds what is missing;
 * Electron's binary is fetched at the first start that could use it. Arguments go to whichever is started.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { NODE_24, ROOT, installPackages, run } from './checkout.mjs';
import { ensureNode } from './ensure-node.mjs';
import { ELECTRON_INSTALLER, findElectron, whyNoWindow } from './find-electron.mjs';

const args = process.argv.slice(2);

await installPackages();
ensureNode();
if ((await run(process.execPath, ['scripts/build.mjs'])) !== 0) {
  console.error('The build failed; see above.');
  process.exit(1);
}

const reason = whyNoWindow({
  platform: process.platform,
  env: process.env,
  isRoot: process.getuid?.() === 0,
});
const electron = reason === undefined ? await fetchElectron() : undefined;
if (electron !== undefined) {
  console.log('Tidemark starts in its own window, by Electron.');
  await start(electron, [ROOT, ...args]);
} else {
  const why = reason ?? 'the binary of Electron cannot be fetched';
  console.log(`Tidemark cannot show its own window: ${why}. It is shown in a browser instead.`);
  await start(path.join(ROOT, 'bin', 'tidemark'), ['serve', ...args]);
}

async function fetchElectron() {
  const present = findElectron();
  if (present !== undefined) return present;
  console.log('Fetching the binary of Electron ...');
  await run(NODE_24, [ELECTRON_INSTALLER]);
  return findElectron();
}

/**
 * Runs it until it ends; Ctrl-C reaches it by itself.
 * @param {string} program
 * @param {readonly string[]} programArgs
 */
async function start(program, programArgs) {
  const child = spawn(program, programArgs, { cwd: ROOT, stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  process.exitCode = await new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${program} cannot be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

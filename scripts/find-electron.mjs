/**
 * Where Electron's binary is, and which host `npm start` takes. Never imports `electron`: that would start to download
 * its binary. Runs on Node 20.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './checkout.mjs';

const PACKAGE = path.join(ROOT, 'node_modules', 'electron');

/** @returns {string | undefined} the program, where it has been fetched */
export function findElectron() {
  const pathFile = path.join(PACKAGE, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(PACKAGE, 'dist');
  const program = path.join(dist, readFileSync(pathFile, 'utf8').trim());
  return existsSync(program) ? program : undefined;
}

/** The script that fetches it from GitHub or a mirror. */
export const ELECTRON_INSTALLER = path.join(PACKAGE, 'install.js');

/**
 * Whether a window can be shown at all, before anything is fetched.
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, isRoot: boolean }} machine
 * @returns {string | undefined} why not
 */
export function whyNoWindow({ platform, env, isRoot }) {
  if (platform !== 'linux') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'this machine has no display';
  if (isRoot) return 'Electron does not run as root';
  return undefined;
}

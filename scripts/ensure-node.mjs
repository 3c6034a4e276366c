/**
 * Makes sure that the Node 24 of the npm package `node` is really there. The package puts its binary in place by an
 * install script, which npm may be told not to run; then this script runs that step itself. Called after every
 * install and before every build; costs a few milliseconds when all is well.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NODE_24, ROOT } from './checkout.mjs';

const WANTED_MAJOR = 24;

/** @throws {Error} with a sentence for people when Node 24 can neither be found nor installed. */
export function ensureNode() {
  if (!isNode24()) installNode24();
  if (!isNode24()) {
    throw new Error(
      `Node ${WANTED_MAJOR} is not in node_modules/node and could not be put there. ` +
        'Is the npm registry reachable? Then run: npm ci',
    );
  }
  linkForScripts();
}

function isNode24() {
  if (!existsSync(NODE_24)) return false;
  const { stdout } = spawnSync(NODE_24, ['--version'], { encoding: 'utf8' });
  return stdout?.startsWith(`v${WANTED_MAJOR}.`) ?? false;
}

function installNode24() {
  const folder = path.join(ROOT, 'node_modules', 'node');
  const installer = path.join(folder, 'installArchSpecificPackage.js');
  if (!existsSync(installer)) return;
  console.log(`Putting Node ${WANTED_MAJOR} into node_modules/node ...`);
  // The installer starts `npm install` in its working folder and takes `npm_*` settings of an outer npm for its own.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOuterNpmSetting(name)));
  spawnSync(process.execPath, [installer], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** @param {string} name */
function isOuterNpmSetting(name) {
  return /^npm_(config_(global|prefix|local_prefix|ignore_scripts)|package_|lifecycle_|command)/i.test(name);
}

/** npm makes no link to a program that is not there yet, and then `node` in our npm scripts would be the machine's own. */
function linkForScripts() {
  if (process.platform === 'win32') return;
  const link = path.join(ROOT, 'node_modules', '.bin', 'node');
  if (existsSync(link)) return;
  mkdirSync(path.dirname(link), { recursive: true });
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(path.join('..', 'node', 'bin', 'node'), link);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    ensureNode();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/**
 * What every script of this folder needs before anything is installed: where the checkout is, where its own Node 24
 * is, whether `node_modules` fits the lock file, and how to start a program and wait for it.
 * Runs on Node 20 and imports nothing but Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top folder of the checkout. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The Node 24 that the npm package `node` brings; the whole project runs on it, whatever Node the machine has. */
export const NODE_24 = path.join(
  ROOT,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** The `npm` to start; Windows knows it only as a command file. */
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * The environment for programs of the checkout: its own Node and tools come first on PATH.
 * @returns {NodeJS.ProcessEnv}
 */
export function checkoutEnvironment() {
  const tools = [path.dirname(NODE_24), path.join(ROOT, 'node_modules', '.bin')];
  return { ...process.env, PATH: [...tools, process.env.PATH ?? ''].join(path.delimiter) };
}

/**
 * Starts a program in the checkout, output going where ours goes, and gives its exit code (127 when it cannot start).
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: options.env ?? checkoutEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: program.endsWith('.cmd'),
    });
    child.on('error', (error) => {
      console.error(`Cannot start ${program}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * As `run`, but output is kept and given back in one piece, so that programs side by side do not mix their lines.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runQuietly(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: checkoutEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) =>
      resolve({ code: 127, output: `Cannot start ${program}: ${error.message}\n` }),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Whether a program is found on PATH.
 * @param {string} name
 */
export function hasProgram(name) {
  const finder = process.platform === 'win32' ? 'where' : 'command -v';
  return spawnSync(`${finder} ${name}`, { shell: true, stdio: 'ignore' }).status === 0;
}

/** Installs exactly what the lock file names, unless `node_modules` holds that already. Ends the process on failure. */
export async function installPackages() {
  if (isInstalled()) return;
  console.log('Installing packages (npm ci) ...');
  const code = await run(NPM, ['ci', '--no-audit', '--no-fund'], { env: process.env });
  if (code !== 0) {
    console.error('npm ci failed; see above. Nothing was built or tested.');
    process.exit(1);
  }
}

/** Whether every package of the lock file lies in `node_modules` with that version; packages of other systems aside. */
function isInstalled() {
  const wanted = readPackages(path.join(ROOT, 'package-lock.json'));
  const present = readPackages(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(
    ([folder, entry]) =>
      folder === '' || entry.optional === true || present[folder]?.version === entry.version,
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }> | undefined}
 */
function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

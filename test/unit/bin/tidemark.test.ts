import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
let launcher: string;
let program: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark launcher '));
  const checkout = path.join(folder, 'a checkout');
  launcher = path.join(checkout, 'bin/tidemark');
  program = path.join(checkout, 'dist/cli.mjs');
  for (const name of ['bin', 'dist', 'node_modules/node/bin'])
    mkdirSync(path.join(checkout, name), { recursive: true });
  cpSync(path.resolve(import.meta.dirname, '../../../bin/tidemark'), launcher);
  symlinkSync(process.execPath, path.join(checkout, 'node_modules/node/bin/node'));
  writeFileSync(
    program,
    'console.log(JSON.stringify([process.argv.slice(2), process.ppid])); process.exit(12);',
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['by its path', () => launcher],
  ['by a link', () => link('tidemark', launcher)],
  ['by a link to a relative link', () => link('second', link('first', path.relative(folder, launcher)))],
])('starts the program %s, arguments and exit code unchanged, with no process between', (_name, address) => {
  const { stdout, status } = spawnSync(address(), ['a b', '', "it's", '$HOME', '*'], {
    cwd: '/',
    encoding: 'utf8',
  });
  expect(status).toBe(12);
  expect(JSON.parse(stdout)).toEqual([['a b', '', "it's", '$HOME', '*'], process.pid]);
});

test('is found through PATH', () => {
  const env = { PATH: `${path.dirname(link('tidemark', launcher))}:/usr/bin:/bin` };
  const { stdout, status } = spawnSync('sh', ['-c', 'tidemark x'], { cwd: '/', env, encoding: 'utf8' });
  expect(status).toBe(12);
  expect(stdout).toContain('["x"]');
});

test('says what to do when it is not built', () => {
  rmSync(program);
  const { stderr, status } = spawnSync(launcher, ['snapshots'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toBe(
    "tidemark is not built yet: run 'npm ci && npm run build' in its folder, then try again.\n",
  );
});

function link(name: string, target: string): string {
  const address = path.join(folder, name);
  symlinkSync(target, address);
  return address;
}

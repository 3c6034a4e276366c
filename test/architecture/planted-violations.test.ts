/**
 * Plants one violation of every important rule in a small tree with our own configuration and expects the checkers
 * to report it. A rule that is misspelt, or a pattern that a tool cannot read, is silently no rule at all;
 * this is where that shows. The good files beside them must stay without any report.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSourceImports } from './source-imports.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TOOLS = path.join(ROOT, 'node_modules/.bin');

interface Plant {
  readonly what: string;
  readonly file: string;
  readonly source: string;
  /** Rule of oxlint, or error code of TypeScript. */
  readonly rule: string;
}

const IMPORTS = 'eslint(no-restricted-imports)';

const LINT_PLANTS: readonly Plant[] = [
  plant(
    'base imports upward',
    'base/upward.ts',
    `import { encode } from '#format/good-format.ts'; encode();`,
    IMPORTS,
  ),
  plant(
    'a type-only import upward',
    'base/upward-type.ts',
    `import type { Value } from '#format/good-format.ts'; export type A = Value;`,
    IMPORTS,
  ),
  plant(
    'a re-export upward',
    'base/upward-export.ts',
    `export { encode } from '#format/good-format.ts';`,
    IMPORTS,
  ),
  plant(
    'a dynamic import upward',
    'base/upward-dynamic.ts',
    `export const load = () => import('#format/good-format.ts');`,
    IMPORTS,
  ),
  plant(
    'an upward import by relative path',
    'base/upward-relative.ts',
    `import { encode } from '../engine/format/good-format.ts'; encode();`,
    IMPORTS,
  ),
  plant(
    'format imports rules',
    'engine/format/sideways.ts',
    `import { decide } from '#rules/good-rules.ts'; decide();`,
    IMPORTS,
  ),
  plant(
    'a module of Node in format',
    'engine/format/node-module.ts',
    `import { readFileSync } from 'node:fs'; readFileSync('x');`,
    IMPORTS,
  ),
  plant(
    'a module of Node in base',
    'base/node-module.ts',
    `import { createHash } from 'node:crypto'; createHash('md5');`,
    IMPORTS,
  ),
  plant(
    'a module of Node without its prefix',
    'engine/rules/bare-node.ts',
    `import { join } from 'path'; join('x');`,
    IMPORTS,
  ),
  plant(
    'the disk in repository',
    'engine/repository/disk.ts',
    `import { readFileSync } from 'node:fs'; readFileSync('x');`,
    IMPORTS,
  ),
  plant(
    'an adapter in operations',
    'engine/operations/adapter.ts',
    `import { local } from '#storage/good-storage.ts'; local();`,
    IMPORTS,
  ),
  plant(
    'koffi outside files and primitives',
    'storage/foreign.ts',
    `import koffi from 'koffi'; koffi.load('c');`,
    IMPORTS,
  ),
  plant(
    'starting programs in storage',
    'storage/program.ts',
    `import { spawn } from 'node:child_process'; spawn('x');`,
    IMPORTS,
  ),
  plant(
    'starting programs in primitives',
    'engine/primitives/program.ts',
    `import { spawn } from 'node:child_process'; spawn('x');`,
    IMPORTS,
  ),
  plant(
    'the keychain outside its adapter',
    'services/secrets/foreign.ts',
    `export const load = () => import('keytar');`,
    IMPORTS,
  ),
  plant(
    'the keychain adapter in another service',
    'services/jobs/keychain.ts',
    `import { answer } from '#services/secrets/keytar/good-keychain.ts'; answer();`,
    IMPORTS,
  ),
  plant(
    'the search of all secrets',
    'services/secrets/keytar/search.ts',
    `import keytar from 'keytar'; export const all = () => keytar.findCredentials('x');`,
    'eslint(no-restricted-properties)',
  ),
  plant(
    'the search of all secrets, taken out of its module',
    'services/secrets/keytar/search-by-name.ts',
    `import keytar from 'keytar'; const { findCredentials } = keytar; void findCredentials('x');`,
    'eslint(no-restricted-properties)',
  ),
  plant(
    'the search of all secrets, imported by name',
    'services/secrets/keytar/search-import.ts',
    `import { findCredentials } from 'keytar'; void findCredentials('x');`,
    IMPORTS,
  ),
  plant(
    'the search of all secrets in a host',
    'hosts/cli/search.ts',
    `export const all = (keychain: { findCredentials(): string }): string => keychain.findCredentials();`,
    'eslint(no-restricted-properties)',
  ),
  plant(
    'one host names another',
    'hosts/cli/other-host.ts',
    `import { run } from '#hosts/pipeline-worker/good-host.ts'; run();`,
    IMPORTS,
  ),
  plant(
    'one host names another by path',
    'hosts/cli/other-host-path.ts',
    `import { run } from '../../hosts/pipeline-worker/good-host.ts'; run();`,
    IMPORTS,
  ),
  plant(
    'code names a test',
    'hosts/cli/test-import.ts',
    `import { fake } from '#test/support/fake.ts'; fake();`,
    IMPORTS,
  ),
  plant(
    'Electron outside of its host',
    'core/shell.ts',
    `import { app } from 'electron'; app.quit();`,
    IMPORTS,
  ),
  plant(
    'React outside of the window',
    'hosts/cli/react.ts',
    `import { useState } from 'react'; useState(1);`,
    IMPORTS,
  ),
  plant(
    'a feature of the window names the frame',
    '../src-renderer/features/overview/frame.ts',
    `import { App } from '../../app/app.tsx'; App();`,
    IMPORTS,
  ),
  plant(
    'a feature of the window names another',
    '../src-renderer/features/overview/sideways.ts',
    `import { page } from '../timeline/page.ts'; page();`,
    IMPORTS,
  ),
  plant(
    'a folder of a feature of the window names another feature',
    '../src-renderer/features/overview/inner/sideways.ts',
    `import { page } from '../../timeline/page.ts'; page();`,
    IMPORTS,
  ),
  plant(
    'a part of the window names a feature',
    '../src-renderer/parts/upwards.ts',
    `import { page } from '../features/overview/good-page.ts'; page();`,
    IMPORTS,
  ),
  plant(
    'a control of the window knows the contract',
    '../src-renderer/ui/contract.ts',
    `import { twice } from '#contract/time-words.ts'; twice();`,
    IMPORTS,
  ),
  plant(
    'Node in the window',
    '../src-renderer/core-link/disk.ts',
    `import { readFileSync } from 'node:fs'; readFileSync('x');`,
    IMPORTS,
  ),
  plant(
    'the window names the core',
    '../src-renderer/core-link/core.ts',
    `import type { Core } from '#core/core.ts'; export type A = Core;`,
    IMPORTS,
  ),
  ...['engine/format', 'engine/rules', 'engine/repository', 'engine/operations', 'engine/catalogue'].flatMap(
    (folder) => [
      plant(
        `the clock in ${folder}`,
        `${folder}/clock.ts`,
        `export const now = (): number => Date.now();`,
        'eslint(no-restricted-properties)',
      ),
      plant(
        `randomness in ${folder}`,
        `${folder}/random.ts`,
        `export const roll = (): number => Math.random();`,
        'eslint(no-restricted-properties)',
      ),
      plant(
        `a timer in ${folder}`,
        `${folder}/timer.ts`,
        `setTimeout(() => undefined, 1);`,
        'eslint(no-restricted-globals)',
      ),
    ],
  ),
  plant(
    'a dropped promise',
    'base/dropped-promise.ts',
    `const save = async (): Promise<void> => {}; export function f(): void { save(); }`,
    'typescript(no-floating-promises)',
  ),
  plant(
    'a promise as a condition',
    'base/promise-condition.ts',
    `const has = async (): Promise<boolean> => true; export function f(): number { if (has()) return 1; return 2; }`,
    'typescript(no-misused-promises)',
  ),
  plant(
    'an async callback that nobody awaits',
    'base/async-callback.ts',
    `export function f(items: number[]): void { items.forEach(async (item) => { await Promise.resolve(item); }); }`,
    'typescript(no-misused-promises)',
  ),
  plant(
    'a missing case',
    'base/missing-case.ts',
    `export function f(kind: 'a' | 'b'): void { switch (kind) { case 'a': break; } }`,
    'typescript(switch-exhaustiveness-check)',
  ),
  plant(
    'any',
    'base/any.ts',
    `export function f(x: any): string { return String(x); }`,
    'typescript(no-explicit-any)',
  ),
  plant(
    'hidden any',
    'base/hidden-any.ts',
    `export const f = (): string => JSON.parse('1');`,
    'typescript(no-unsafe-return)',
  ),
  plant(
    'a swallowed error',
    'base/swallowed.ts',
    `export function f(): void { try { JSON.parse('1'); } catch {} }`,
    'eslint(no-empty)',
  ),
  plant(
    'a thrown text',
    'base/thrown-text.ts',
    `export function f(): void { throw 'no'; }`,
    'typescript(only-throw-error)',
  ),
  plant('a default export', 'base/default-export.ts', `export default 1;`, 'import(no-default-export)'),
  plant(
    'a circle of files',
    'base/circle-a.ts',
    `import { b } from './circle-b.ts'; export const a = (): number => b();`,
    'import(no-cycle)',
  ),
  plant(
    'a file name that is not kebab-case',
    'base/camelCase.ts',
    `export const a = 1;`,
    'unicorn(filename-case)',
  ),
];

const TYPE_PLANTS: readonly Plant[] = [
  plant(
    'an element that may be missing',
    'base/missing-element.ts',
    `export const f = (list: string[]): string => list[0];`,
    'TS2322',
  ),
  plant(
    'undefined for an optional field',
    'base/exact-optional.ts',
    `export const f: { a?: number } = { a: undefined };`,
    'TS2375',
  ),
  plant('an enum, which Node cannot run', 'base/enum.ts', `export enum Kind { A }`, 'TS1294'),
  plant(
    'a module that is not there',
    'base/no-module.ts',
    `import { x } from '#base/nowhere.ts'; x();`,
    'TS2307',
  ),
];

const GOOD: readonly [file: string, source: string][] = [
  [
    'hosts/electron/good-shell.ts',
    `import { app } from 'electron'; import { twice } from '#base/good-base.ts'; export const quit = (): void => { twice(1); app.quit(); };`,
  ],
  [
    '../src-renderer/features/overview/good-page.ts',
    `import { useState } from 'react'; import { dot } from '../../ui/good-dot.ts'; import { twice } from '#base/good-base.ts'; export const page = (): unknown => [useState(1), dot(), twice(1)];`,
  ],
  [
    '../src-renderer/features/overview/inner/good-inner.ts',
    `import { page } from '../good-page.ts'; import { dot } from '../../../ui/good-dot.ts'; export const inner = (): unknown => [page(), dot()];`,
  ],
  [
    '../src-renderer/ui/good-dot.ts',
    `import { createElement } from 'react'; export const dot = (): unknown => createElement('i');`,
  ],
  ['base/good-base.ts', `export const twice = (n: number): number => n * 2;`],
  ['base/circle-b.ts', `import { a } from './circle-a.ts'; export const b = (): number => a();`],
  [
    'engine/format/good-format.ts',
    `import { twice } from '#base/good-base.ts'; export type Value = number; export const encode = (): Value => twice(new Date(5).getTime());`,
  ],
  [
    'engine/rules/good-rules.ts',
    `import { encode } from '#format/good-format.ts'; export const decide = (): boolean => encode() > 1;`,
  ],
  [
    'engine/repository/good-repository.ts',
    `import type { Port } from '#storage/port.ts'; export const open = (port: Port): Port => port;`,
  ],
  ['storage/port.ts', `export interface Port { readonly location: string }`],
  [
    'storage/good-storage.ts',
    `import { open } from 'node:fs/promises'; import { sep } from 'node:path'; import { twice } from '#base/good-base.ts'; export const local = (): unknown => [twice(2), open, sep];`,
  ],
  [
    'storage/local/good-adapter.ts',
    `import type { Port } from '../port.ts'; export const port: Port = { location: 'here' };`,
  ],
  [
    'storage/sftp/good-program.ts',
    `import { spawn } from 'node:child_process'; export const start = (): number | undefined => spawn('ssh').pid;`,
  ],
  [
    'services/secrets/keytar/good-keychain.ts',
    `export const answer = async (): Promise<string | null> => { const { default: keytar } = await import('keytar'); return keytar.getPassword('a', 'b'); };`,
  ],
  ['files/good-files.ts', `import koffi from 'koffi'; export const version: string = koffi.version;`],
  [
    'hosts/pipeline-worker/good-host.ts',
    `import { encode } from '#format/good-format.ts'; export const run = (): number => encode() + Date.now();`,
  ],
];

/** Planted on purpose, seen by another rule than the one planted. */
const EXPECTED_SIDE_REPORTS = new Set(['base/circle-b.ts']);

function plant(what: string, file: string, source: string, rule: string): Plant {
  return { what, file, source, rule };
}

describe('planted violations are reported', () => {
  let folder: string;
  let lintReports: Map<string, string[]>;
  let typeReports: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidemark-architecture-'));
    for (const name of ['oxlint.config.ts', 'package.json', 'tsconfig.json']) {
      copyFileSync(path.join(ROOT, name), path.join(folder, name));
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    mkdirSync(path.join(folder, 'test'));
    mkdirSync(path.join(folder, 'src-main'));
    copyFileSync(path.join(ROOT, 'src-main/layers.ts'), path.join(folder, 'src-main/layers.ts'));
    const plants = [...LINT_PLANTS, ...TYPE_PLANTS].map(({ file, source }) => [file, source] as const);
    for (const [file, source] of [...plants, ...GOOD]) {
      const target = path.join(folder, 'src-main', file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, `${source}\n`);
    }
    lintReports = lint(folder);
    typeReports = runTool('tsc', ['-p', 'tsconfig.json', '--pretty', 'false'], folder);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(LINT_PLANTS)('lint: $what', ({ file, rule }) => {
    expect(lintReports.get(file) ?? []).toContain(rule);
  });

  test.each(TYPE_PLANTS)('types: $what', ({ file, rule }) => {
    expect(
      typeReports.split('\n').some((line) => line.includes(file) && line.includes(rule)),
      typeReports,
    ).toBe(true);
  });

  test.each(GOOD.filter(([file]) => !EXPECTED_SIDE_REPORTS.has(file)))('no report for %s', (file) => {
    expect(lintReports.get(file)).toBeUndefined();
    expect(typeReports).not.toContain(file);
  });
});

describe('the scan of the real tree sees what lint does not', () => {
  test('new Date() without a value', () => {
    expect(
      readSourceImports('a.ts', 'const a = new Date(), b = new Date(5), c = "new Date()";').datesWithoutValue,
    ).toBe(1);
  });

  test('every way to name a file', () => {
    const source = `
      import a from 'a'; import type { B } from 'b'; export * from 'c'; export { d } from 'd';
      type E = import('e').E; const f = () => import('f'); new URL('./g', import.meta.url);
      import.meta.resolve('h'); const no = "import 'i'"; new URL('https://example.org');`;
    expect([...readSourceImports('a.ts', source).specifiers].sort()).toEqual([
      './g',
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'h',
    ]);
  });
});

/** Rules reported per file, file relative to src-main. */
function lint(folder: string): Map<string, string[]> {
  const output = runTool('oxlint', ['--format', 'json', 'src-main', 'src-renderer'], folder);
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { filename: string; code?: string; message: string }[];
  };
  const reports = new Map<string, string[]>();
  for (const { filename, code, message } of diagnostics) {
    const file = path
      .relative(path.join(folder, 'src-main'), path.resolve(folder, filename))
      .split(path.sep)
      .join('/');
    reports.set(file, [...(reports.get(file) ?? []), code ?? message]);
  }
  return reports;
}

function runTool(name: string, args: readonly string[], folder: string): string {
  const result = spawnSync(path.join(TOOLS, name), args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  if (result.error) throw result.error;
  return result.stdout;
}

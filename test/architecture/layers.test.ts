/**
 * Every file of src-main against the table in src-main/layers.ts: each import is resolved to the file it means,
 * so relative paths, types, dynamic imports and worker addresses count as well.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  CLOCK_FILE,
  LAYERS,
  layerOf,
  mayImportFile,
  mayImportModule,
  type Layer,
} from '../../src-main/layers.ts';
import { listSources, readSourceImports } from './source-imports.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SOURCE = path.join(ROOT, 'src-main');
/** Not part of the layers: the table itself, and AssemblyScript, which is compiled apart and imports only itself. */
const OUTSIDE = (file: string): boolean => file === 'layers.ts' || file.startsWith('wasm/');

const packageJson = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  imports: Record<string, string>;
};

/** A file of src-main (relative, with slashes), a file elsewhere in the checkout, or undefined for a foreign module. */
function resolveImport(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier);
  const [alias = '', ...rest] = specifier.split('/');
  const target = packageJson.imports[`${alias}/*`];
  return target === undefined
    ? undefined
    : path.posix.join(target.replace('*', rest.join('/'))).replace('src-main/', '');
}

function isAllowed(layer: Layer, specifier: string, target: string | undefined): boolean {
  if (target === undefined) return mayImportModule(layer, specifier);
  // The version that a host tells.
  if (target === '../package.json') return layer.mayImport === 'everything';
  return mayImportFile(layer, target);
}

function violationsOf(file: string): string[] {
  const layer = layerOf(file);
  if (layer === undefined) return [`${file} belongs to no layer of src-main/layers.ts`];
  const { specifiers, datesWithoutValue } = readSourceImports(path.join(SOURCE, file));
  const problems = specifiers.flatMap((specifier) => {
    const target = resolveImport(file, specifier);
    return isAllowed(layer, specifier, target) ? [] : [`${file} imports ${specifier}`];
  });
  const readsClock = layer.noClock === true && file !== CLOCK_FILE && datesWithoutValue > 0;
  return readsClock ? [...problems, `${file} asks for the time: new Date()`] : problems;
}

describe('the table of layers', () => {
  test('every address of the import map leads to a layer, a host or tests', () => {
    const addresses = Object.entries(packageJson.imports)
      .filter(([, target]) => target.startsWith('./src-main/') && target !== './src-main/hosts/*')
      .map(([address, target]) => [address.replace('/*', ''), target.replace(/^\.\/src-main\/|\/\*$/g, '')]);
    for (const [address, folder] of addresses) {
      expect(LAYERS.find((layer) => layer.folder === folder)?.alias, folder).toBe(address);
    }
    expect(addresses.length).toBeGreaterThan(8);
  });

  test('arrows point down: no two layers may import each other', () => {
    const folders = LAYERS.filter((layer) => layer.mayImport !== 'everything');
    const reaches = (from: string, to: string): boolean => {
      const row = folders.find((layer) => layer.folder === from);
      return (
        (row?.mayImport as readonly string[] | undefined)?.some((next) => next === to || reaches(next, to)) ??
        false
      );
    };
    for (const { folder } of folders) expect(reaches(folder, folder), folder).toBe(false);
  });
});

describe('imports of src-main', () => {
  const files = listSources(SOURCE).filter((file) => !OUTSIDE(file));

  test('files are found', () => {
    expect(files).toContain('base/errors.ts');
    expect(existsSync(path.join(SOURCE, 'base/errors.ts'))).toBe(true);
  });

  test('every import follows the table', () => {
    expect(files.flatMap(violationsOf)).toEqual([]);
  });
});

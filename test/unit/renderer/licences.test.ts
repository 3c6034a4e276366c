/** The licences that the settings name are those of the packages that are in the application. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { LICENCES } from '#renderer/features/settings/licences.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const readPackage = (folder: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8')) as Record<string, unknown>;

test.each(LICENCES)('%s is under %s', (name, licence) => {
  const { license, licenses } = readPackage(path.join('node_modules', name));
  // The old way to write it.
  expect(license ?? (licenses as { type: string }[])[0]?.type).toBe(licence);
});

test('whatever is shipped is named', () => {
  const shipped = Object.keys(readPackage('.')['dependencies'] as object);
  expect(LICENCES.map(([name]) => name)).toEqual(expect.arrayContaining(shipped));
});

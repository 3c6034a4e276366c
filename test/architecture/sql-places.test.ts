/** SQL stands in tables (`*-table.ts` of services and of the catalogue) and in migrations only, so that the shape of a table is known in one place. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listSources } from './source-imports.ts';

const SOURCE = path.resolve(import.meta.dirname, '../../src-main');
const ALLOWED = /^(?:services|engine\/catalogue)\/.*(?:-table\.ts|\/migrations\/[^/]+\.ts)$/;
/** Statements that name a table; how SQL begins, at the start of a text. */
const SQL =
  /[`'"]\s*(?:SELECT\s.*\sFROM|INSERT\s(?:OR\s\w+\s)?INTO|UPDATE\s\w+\sSET|DELETE\sFROM|CREATE\s(?:TABLE|INDEX|TRIGGER)|ALTER\sTABLE|DROP\s)/is;

const files = listSources(SOURCE);
const withSql = files.filter((file) => SQL.test(readFileSync(path.join(SOURCE, file), 'utf8')));

test('no SQL anywhere else', () => {
  expect(withSql.filter((file) => !ALLOWED.test(file))).toEqual([]);
});

test('the search finds it where it is', () => {
  const allowed = files.filter((file) => ALLOWED.test(file));
  expect(allowed.length).toBeGreaterThan(10);
  expect(withSql).toEqual(expect.arrayContaining(allowed));
});

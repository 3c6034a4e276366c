/** Which addresses there are: those of the pages, and none that leads elsewhere. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPageFiles, PAGE_HEADERS } from '#core/pages/page-files.ts';

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'tidemark-pages-')), 'renderer');
beforeAll(() => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), '<p>page</p>');
  writeFileSync(path.join(folder, 'assets/a b.js'), 'let x;');
  writeFileSync(path.join(folder, 'assets/a b.js.map'), 'secret');
  writeFileSync(path.join(folder, '../secret.html'), 'secret');
  symlinkSync('../secret.html', path.join(folder, 'link.html'));
});
afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

test('the table has the pages and their parts, and nothing else', () => {
  const files = loadPageFiles(folder);
  expect([...files.keys()].sort()).toEqual(['/', '/assets/a%20b.js']);
  const { type, read } = files.get('/')!;
  expect(type).toBe('text/html; charset=utf-8');
  expect(new TextDecoder().decode(read())).toBe('<p>page</p>');
});

test('without a first page there are none', () => {
  expect(() => loadPageFiles(path.join(folder, 'assets'))).toThrow(/request.invalidInput/);
  expect(() => loadPageFiles(path.join(folder, 'missing'))).toThrow(/request.invalidInput/);
});

test('pages go out under a strict policy', () => {
  const { 'content-security-policy': policy, ...others } = PAGE_HEADERS;
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
  for (const rule of [
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "connect-src 'self'",
  ])
    expect(policy).toContain(rule);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(others).toEqual({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
});

/** Which file of the pages an address means; never one outside of their folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPageFile, pageFileOf } from '#core/pages/page-files.ts';

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'tidemark-pages-')), 'renderer');
beforeAll(() => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), '<p>page</p>');
  writeFileSync(path.join(folder, 'assets/a b.js'), 'let x;');
  writeFileSync(path.join(folder, '../secret.html'), 'secret');
  writeFileSync(path.join(folder, '../renderer-secret.html'), 'secret');
});
afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

describe('addresses', () => {
  test.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/a%20b.js', 'assets/a b.js'],
    ['/assets/../index.html', 'index.html'],
  ])('%s is %s', (address, file) => {
    expect(pageFileOf(folder, address)).toBe(path.join(folder, file));
  });

  test.each([
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/../../secret.html',
    '/../renderer-secret.html',
    '/%2e%2e%2frenderer-secret.html',
    '/..\\secret.html',
    '/index.html%00.js',
    '/%',
    '/%ff',
    'index.html',
    '',
    '//etc/passwd',
    '/assets',
    '/main.map',
    '/.',
  ])('%s is refused', (address) => {
    expect(pageFileOf(folder, address)).toBeUndefined();
  });
});

describe('answers', () => {
  test('a page goes out with its type and the policy', async () => {
    const { status, headers, body } = await loadPageFile(folder, '/');
    expect(status).toBe(200);
    expect(new TextDecoder().decode(body)).toBe('<p>page</p>');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  test('what is not there is not there, under the same policy', async () => {
    for (const address of ['/missing.html', '/../secret.html']) {
      const { status, headers, body } = await loadPageFile(folder, address);
      expect(status).toBe(404);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(new TextDecoder().decode(body)).not.toContain('secret');
    }
  });
});

import { expect, test } from 'vitest';
import { readRoute } from '#renderer/app/read-route.ts';

test.each([
  ['', 'overview', [], {}],
  ['#/', 'overview', [], {}],
  ['#/restore', 'history', [], {}],
  ['#/history?path=%2Fa%3Fb&at=5', 'history', [], { path: '/a?b', at: '5' }],
  ['#/folders/a%2Fb', 'folders', ['a/b'], {}],
  ['#/places/%zz', 'places', ['%zz'], {}],
  ['#/erase', 'unknown', [], {}],
  ['#/constructor', 'unknown', [], {}],
])('the address %s is the page %s', (hash, page, rest, query) => {
  const route = readRoute(hash);
  expect([route.page, route.rest, Object.fromEntries(route.query)]).toEqual([page, rest, query]);
});

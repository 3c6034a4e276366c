import { expect, test } from 'vitest';
import {
  commonFolder,
  isWithin,
  joinPath,
  lastName,
  parentPath,
  pathsDownTo,
} from '#renderer/features/timeline/wire-path.ts';

/** "/a/ÿ" with a byte that is no UTF-8. */
const FOREIGN = { base64: btoa('/a/\xff') };

test('paths are put together and taken apart', () => {
  expect(joinPath('/', 'a')).toBe('/a');
  expect(joinPath('/a', 'b')).toBe('/a/b');
  expect(parentPath('/a/b')).toBe('/a');
  expect(parentPath('/a')).toBe('/');
  expect(parentPath('/')).toBeNull();
  expect(lastName('/a/é')).toBe('é');
  // A sign that decoders like to swallow.
  expect(lastName('/a/\ufeffb')).toBe('\ufeffb');
  expect(pathsDownTo('/a/b/c')).toEqual(['/a', '/a/b', '/a/b/c']);
});

test('bytes that are no text are kept', () => {
  expect(joinPath('/a', { base64: btoa('\xff') })).toEqual(FOREIGN);
  expect(parentPath(FOREIGN)).toBe('/a');
  expect(lastName(FOREIGN)).toEqual({ base64: btoa('\xff') });
  expect(pathsDownTo(joinPath(FOREIGN, 'c'))).toEqual(['/a', FOREIGN, { base64: btoa('/a/\xff/c') }]);
  expect(isWithin(joinPath(FOREIGN, 'c'), '/a')).toBe(true);
});

test.each([
  [['/home/ann/Documents'], '/home/ann/Documents'],
  [['/home/ann/Documents', '/home/ann/Desktop'], '/home/ann'],
  [['/a', '/b'], '/'],
  [['/home/ann', '/home/anna'], '/home'],
  [[], '/'],
])('the folder that holds %j', (paths, expected) => {
  expect(commonFolder(paths)).toBe(expected);
});

test('within is by names, not by letters', () => {
  expect(isWithin('/a/bc', '/a/b')).toBe(false);
  expect(isWithin('/a/b', '/a/b')).toBe(true);
  expect(isWithin('/a/b', '/')).toBe(true);
});

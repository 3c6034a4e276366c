import { TidemarkError } from '#base/errors.ts';
import { describeFileError, toFilesError } from '#files/describe-file-error.ts';
import { errnoError } from '#files/errno-error.ts';
import { LinuxSourceFiles } from '#files/linux/linux-source-files.ts';
import { textToByteString } from '#base/byte-string.ts';
import fs from 'node:fs';
import { constants } from 'node:os';
import { expect, test } from 'vitest';

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: text nobody reads`), { code });
}

test.for([
  ['EACCES', 'reading', 'files.unreadable', { path: 'p', reason: 'permission denied' }],
  ['EIO', 'reading', 'files.unreadable', { path: 'p', reason: 'the disk reported a read or write error' }],
  ['ENOENT', 'reading', 'files.sourceMissing', { path: 'p' }],
  ['EACCES', 'writing', 'files.targetNotWritable', { path: 'p', reason: 'permission denied' }],
  ['ENOENT', 'writing', 'files.targetNotWritable', { path: 'p', reason: 'it does not exist' }],
  ['EROFS', 'writing', 'files.targetNotWritable', { path: 'p', reason: 'the disk is read-only' }],
  ['ENOSPC', 'writing', 'files.noSpace', { path: 'p' }],
  ['EDQUOT', 'writing', 'files.noSpace', { path: 'p' }],
  ['EODD', 'reading', 'files.unreadable', { path: 'p', reason: 'the system reported EODD' }],
] as const)('%s while %s is %s', ([code, side, expected, data]) => {
  const cause = failure(code);
  const error = toFilesError(cause, 'p', side);
  expect(error.code).toBe(expected);
  expect(error.data).toEqual(data);
  expect(error.cause).toBe(cause);
});

test('the core’s own errors pass, bugs are no file errors', () => {
  const cancelled = new TidemarkError('job.cancelled', {});
  expect(toFilesError(cancelled, 'p')).toBe(cancelled);
  expect(toFilesError(new TypeError('oops'), 'p').code).toBe('internal.invariantBroken');
  expect(toFilesError(failure('ERR_INVALID_ARG_TYPE'), 'p').code).toBe('internal.invariantBroken');
  expect(describeFileError('text')).toBe('an unexpected error');
});

test('errors of direct calls have the shape of node:fs’s', () => {
  const ours = thrownBy(() => new LinuxSourceFiles().stat(textToByteString('/nothing/here')));
  const theirs = thrownBy(() => fs.lstatSync('/nothing/here'));
  expect({ ...ours, message: ours.message }).toEqual({ ...theirs, message: theirs.message });
});

test('every number has a code, the usual one where there are two', () => {
  expect(errnoError(constants.errno.ENOTSUP, 'x', 'p').code).toBe('ENOTSUP');
  expect(errnoError(constants.errno.EAGAIN, 'x', 'p').code).toBe('EAGAIN');
  expect(errnoError(99999, 'x', 'p')).toMatchObject({ code: 'E99999', errno: -99999 });
});

function thrownBy(run: () => unknown): NodeJS.ErrnoException {
  try {
    run();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('nothing was thrown');
}

import { describe, expect, test } from 'vitest';
import { TidemarkError, type ErrorCode, type RetryAdvice } from '#base/errors.ts';
import { classifyLocalError } from '#storage/local/local-errors.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: said the system`), { code });
}

describe('what the system says about a disk', () => {
  const TABLE: [errno: string, code: ErrorCode, retry: RetryAdvice][] = [
    ['ENOSPC', 'storage.full', 'afterUser'],
    ['EDQUOT', 'storage.full', 'afterUser'],
    ['EROFS', 'storage.readOnly', 'afterUser'],
    ['EACCES', 'storage.accessDenied', 'afterUser'],
    ['EPERM', 'storage.accessDenied', 'afterUser'],
    ['ENODEV', 'storage.driveGone', 'afterUser'],
    ['ENXIO', 'storage.driveGone', 'afterUser'],
    ['EIO', 'storage.ioFailed', 'later'],
    ['ESTALE', 'storage.ioFailed', 'later'],
    ['EMFILE', 'storage.ioFailed', 'later'],
    ['EINTR', 'storage.ioFailed', 'later'],
    ['EHOSTDOWN', 'storage.unreachable', 'later'],
    ['ENOTCONN', 'storage.unreachable', 'later'],
    ['ETIMEDOUT', 'storage.timeout', 'later'],
    ['EFBIG', 'storage.ioFailed', 'never'],
    ['ENAMETOOLONG', 'storage.ioFailed', 'never'],
  ];

  test.each(TABLE)('%s is %s, retry %s', async (errno, code, retry) => {
    const cause = systemError(errno);
    const error = await classifyLocalError(cause, '/place', 'save');
    expect([error.code, error.retry, error.cause]).toEqual([code, retry, cause]);
    expect(error.data).toMatchObject({ location: '/place' });
  });

  test('errors that only have a number, as Node reports them', async () => {
    const cause = Object.assign(new Error('x'), { code: 'Unknown system error -116', errno: -116 });
    const error = await classifyLocalError(cause, '/place', 'load');
    expect([error.code, error.retry]).toEqual(['storage.ioFailed', 'later']);
    expect(error.data).toMatchObject({ reason: 'ESTALE' });
  });

  test('an error of ours passes unchanged, a foreign one is told apart', async () => {
    const ours = new TidemarkError('job.cancelled', {});
    expect(await classifyLocalError(ours, '/place', 'save')).toBe(ours);
    const odd = await classifyLocalError(new RangeError('odd'), '/place', 'load');
    expect(odd.data).toEqual({ location: '/place', operation: 'load', reason: 'RangeError: odd' });
  });
});

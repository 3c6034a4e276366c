import { describe, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { COMMAND_LINE_WORDS, errorSentence, errorText, WINDOW_WORDS } from '#contract/error-texts.ts';
import { exitCodeOf } from '#contract/exit-codes.ts';

const locked = new TidemarkError('repository.locked', {
  hostname: 'laptop',
  username: 'ann',
  pid: 42,
  since: '2026-11-22T10:00:00Z',
  exclusive: false,
  stale: true,
  lockId: 'a'.repeat(64),
});

describe('error texts', () => {
  it('say who, what is safe and what to do', () => {
    expect(errorSentence(locked, COMMAND_LINE_WORDS)).toBe(
      'The repository is in use by ann@laptop (process 42) since 2026-11-22T10:00:00Z. Nothing was changed. That program seems to be gone: run "tidemark unlock" and try again.',
    );
  });

  it('speak of places in the window', () => {
    expect(errorText(locked, WINDOW_WORDS).title).toContain('The backup place');
  });

  it('shorten ids and never blame', () => {
    const error = new TidemarkError('integrity.packCorrupt', { packId: 'b'.repeat(64), reason: 'hash' });
    const sentence = errorSentence(error, COMMAND_LINE_WORDS);
    expect(sentence).toContain('pack bbbbbbbb:');
    expect(sentence).not.toMatch(/!|oops|invalid|illegal/i);
  });

  it('exit codes have the meaning of restic', () => {
    expect(exitCodeOf('repository.notFound')).toBe(10);
    expect(exitCodeOf('repository.locked')).toBe(11);
    expect(exitCodeOf('repository.wrongPassword')).toBe(12);
    expect(exitCodeOf('job.cancelled')).toBe(130);
    expect(exitCodeOf('storage.full')).toBe(1);
  });
});

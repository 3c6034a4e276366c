import { describe, expect, it } from 'vitest';
import { displayWidth, formatProgress } from '#hosts/cli/progress-line.ts';
import { formatBytes, formatDuration, formatMode, formatName } from '#hosts/cli/format-values.ts';

const numbers = {
  filesDone: 1234,
  bytesDone: 512 * 1024 * 1024,
  totalFiles: 10000,
  totalBytes: 2 ** 31,
  problems: 2,
  current: '/home/ann/文書/a very long folder name/letter.txt',
};
const frame = { elapsedSeconds: 65, bytesPerSecond: 100 * 2 ** 20, width: 200 };

describe('progress line', () => {
  it('tells bytes, files, rate and time left', () => {
    expect(formatProgress(numbers, frame)).toBe(
      '[1:05] 25% 512.0 MiB of 2.0 GiB, 1234 of 10000 files 100.0 MiB/s 0:16 left 2 not read  /home/ann/文書/a very long folder name/letter.txt',
    );
  });

  it('does without totals', () => {
    const unknown = { filesDone: 1, bytesDone: 10 };
    expect(formatProgress(unknown, { ...frame, bytesPerSecond: 0 })).toBe('[1:05] 10 B, 1 files');
  });

  it('never exceeds the width', () => {
    for (let width = 1; width < 200; width++) {
      expect(displayWidth(formatProgress(numbers, { ...frame, width }))).toBeLessThanOrEqual(width);
    }
  });

  it('keeps the end of a path', () => {
    const line = formatProgress(numbers, { ...frame, width: 110 });
    expect(line).toMatch(/…[^…]*letter\.txt$/);
    expect(displayWidth('文é\u0301a')).toBe(4);
  });
});

describe('values', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 * 1024 - 1, '1.0 MiB'],
    [3n * 1024n ** 4n, '3.0 TiB'],
  ])('%s bytes', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [3599, '59:59'],
    [3661, '1:01:01'],
  ])('%s seconds', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [0o644, '-rw-r--r--'],
    [2 ** 31 + 0o755, 'drwxr-xr-x'],
    [2 ** 31 + 2 ** 20 + 0o777, 'dtrwxrwxrwx'],
    [2 ** 23 + 0o755, 'urwxr-xr-x'],
    [2 ** 27 + 0o777, 'Lrwxrwxrwx'],
  ])('mode %s', (mode, text) => expect(formatMode(mode)).toBe(text));

  it('names cannot move the cursor or turn the line around', () => {
    expect(formatName('a\x1b[2Jb\n\u202e')).toBe('a\\x1b[2Jb\\x0a\\u202e');
  });
});

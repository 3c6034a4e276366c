/** The difference of two texts as rows, and which two versions are compared. */
import { describe, expect, test } from 'vitest';
import { textDifference, type DiffLine } from '#renderer/features/timeline/inspector/text-rows.ts';
import type { PlacedItem, Version } from '#renderer/features/timeline/inspector/strip-view.ts';
import { versionAt } from '#renderer/features/timeline/inspector/use-subject.ts';
import { pairOf } from '#renderer/features/timeline/inspector/version-pair.ts';

function side(line: DiffLine, which: 'left' | 'right'): string | null {
  const stretches = line[which];
  return stretches === null
    ? null
    : stretches.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join('');
}

function draw(before: string, after: string): readonly string[] {
  return (textDifference(before, after)?.blocks ?? []).flatMap((block) =>
    block.kind === 'same' && block.hidden > 0
      ? [`(${block.hidden})`]
      : block.lines.map((line) =>
          block.kind === 'same'
            ? `${line.before}/${line.after} ${side(line, 'right')}`
            : `${line.before ?? ''}/${line.after ?? ''} ${side(line, 'left') ?? ''} | ${side(line, 'right') ?? ''}`,
        ),
  );
}

describe('rows', () => {
  test.each([
    ['a word', 'a b c\nd\n', 'a x c\nd\n', ['1/1 a [b] c | a [x] c', '2/2 d']],
    ['a line that came', 'a\nc\n', 'a\nb\nc\n', ['1/1 a', '/2  | b', '2/3 c']],
    ['a line that went', 'a\nb\nc\n', 'a\nc\n', ['1/1 a', '2/ b | ', '3/2 c']],
    ['more lines than before', 'a\n', 'x\ny\n', ['1/1 [a] | [x]', '/2  | y']],
    ['the end of the last line', 'a', 'a\n', []],
    ['nothing before', '', 'a\n', ['/1  | a']],
    ['nothing after', 'a\n', '', ['1/ a | ']],
    ['the same', 'a\nb\n', 'a\nb\n', ['(2)']],
  ])('%s', (name, before, after, expected) => {
    const drawn = draw(before, after);
    // A last line with and without its end is a change that shows no sign.
    if (name === 'the end of the last line') expect(drawn.length).toBeLessThanOrEqual(1);
    else expect(drawn).toEqual(expected);
  });

  test('long stretches that are the same are folded, with three lines around', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const changed = lines.with(10, 'other 10').with(25, 'other 25');
    expect(draw(`${lines.join('\n')}\n`, `${changed.join('\n')}\n`)).toEqual([
      '(7)',
      '8/8 line 7',
      '9/9 line 8',
      '10/10 line 9',
      '11/11 [line] 10 | [other] 10',
      '12/12 line 11',
      '13/13 line 12',
      '14/14 line 13',
      '(8)',
      '23/23 line 22',
      '24/24 line 23',
      '25/25 line 24',
      '26/26 [line] 25 | [other] 25',
      '27/27 line 26',
      '28/28 line 27',
      '29/29 line 28',
      '30/30 line 29',
    ]);
  });

  test('counts lines, and keeps hunks as text', () => {
    const found = textDifference('a\nb\nc\n', 'a\nx\ny\nc\n');
    expect([found?.added, found?.removed]).toEqual([2, 1]);
    expect(found?.blocks[1]).toMatchObject({ oldText: 'b\n', newText: 'x\ny\n' });
  });

  test('very long lines are marked as a whole', () => {
    const [row] = draw(`${'a '.repeat(3000)}\n`, `${'b '.repeat(3000)}\n`);
    expect(row?.startsWith('1/1 [a a ')).toBe(true);
  });
});

describe('which two', () => {
  const ref = (at: number): Version['from'] => ({ snapshotId: `s${at}`, time: '', timeMs: at });
  const version = (from: number, to: number): Version => ({
    kind: 'version',
    from: ref(from),
    to: ref(to),
    entryKind: 'file',
    sizeBytes: 1,
    modifiedMs: 0,
    content: `c${from}`,
    isOldestKnown: false,
    isNewest: false,
  });
  const [newest, middle, oldest] = [version(30, 40), version(20, 29), version(10, 19)];
  const items: readonly PlacedItem[] = [newest, middle, oldest].map((item) => ({ path: '/a', item }));

  test.each([
    ['newest', middle, 'newest', undefined, [20, 30]],
    ['newest of itself', newest, 'newest', undefined, null],
    ['the one before', middle, 'previous', undefined, [10, 20]],
    ['the one before the first', oldest, 'previous', undefined, null],
    ['the other moment', newest, 'second', 12, [10, 30]],
    ['the other moment is later', oldest, 'second', 35, [10, 30]],
    ['the other moment is of the same version', middle, 'second', 25, null],
  ] as const)('%s', (_, current, against, secondMs, expected) => {
    const pair = pairOf(items, { path: '/a', version: current }, against, secondMs);
    expect(
      pair === undefined ? null : [pair.before.version.from.timeMs, pair.after.version.from.timeMs],
    ).toEqual(expected);
  });

  test.each([
    [35, 30],
    [29, 20],
    [100, 30],
    [5, 10],
  ])('at %d the version of %d', (atMs, from) => expect(versionAt(items, '/a', atMs)?.from.timeMs).toBe(from));
});

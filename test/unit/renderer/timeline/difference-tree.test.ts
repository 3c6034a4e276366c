/** What differs between two moments as rows of a tree, and what of it is left out. */
import { describe, expect, test } from 'vitest';
import {
  CHANGE_KINDS,
  changeOf,
  isNoise,
  itemOf,
  treeRows,
  type ChangeKind,
  type DifferenceEntry,
  type LoadedFolder,
} from '#renderer/features/timeline/compare/difference-tree.ts';
import { changeWords } from '#renderer/features/timeline/compare/change-words.ts';
import { speechOf } from '#renderer/text/use-words.ts';

const NONE = { added: 0, modified: 0, removed: 0, bytesIn: 0, bytesOut: 0, moved: 0 };
const FILE = { kind: 'file', sizeBytes: 1, modifiedMs: 0 } as const;
const FOLDER = { kind: 'folder', sizeBytes: 0, modifiedMs: 0 } as const;

function entry(name: string, more: Partial<DifferenceEntry>): DifferenceEntry {
  return { name, label: name, change: 'modified', counts: NONE, before: FILE, after: FILE, ...more };
}

const ADDED = entry('new.txt', { change: 'added', counts: { ...NONE, added: 1 } });
const MOVED = entry('moved.txt', {
  change: 'added',
  movedFrom: '/x',
  counts: { ...NONE, added: 1, moved: 1 },
});
const REMOVED = entry('gone.txt', { change: 'removed', counts: { ...NONE, removed: 1 } });
const INSIDE = entry('sub', {
  change: 'inside',
  before: FOLDER,
  after: FOLDER,
  counts: { ...NONE, modified: 2 },
});
const CACHE = entry('Cache', {
  change: 'inside',
  before: FOLDER,
  after: FOLDER,
  counts: { ...NONE, modified: 9 },
});

function rowsOf(
  folders: Readonly<Record<string, Partial<LoadedFolder>>>,
  opened: readonly string[] = [],
  kinds: readonly ChangeKind[] = CHANGE_KINDS,
  hidesNoise = true,
): readonly string[] {
  const loaded = Object.entries(folders).map(
    ([path, folder]) => [`=${path}`, { entries: [], next: undefined, isLoading: false, ...folder }] as const,
  );
  const choice = { kinds: new Set(kinds), hidesNoise };
  return treeRows('/top', new Map(loaded), new Set(opened.map((path) => `=${path}`)), choice).map((row) =>
    row.kind === 'entry'
      ? `${' '.repeat(row.depth)}${row.entry.label}`
      : `${' '.repeat(row.depth)}(${row.kind})`,
  );
}

test('folders open one by one; what is under way or left over has a row', () => {
  const top = { entries: [ADDED, INSIDE, REMOVED] };
  expect(rowsOf({})).toEqual(['(loading)']);
  expect(rowsOf({ '/top': top })).toEqual(['new.txt', 'sub', 'gone.txt']);
  expect(rowsOf({ '/top': top }, ['/top/sub'])).toEqual(['new.txt', 'sub', ' (loading)', 'gone.txt']);
  expect(rowsOf({ '/top': top, '/top/sub': { entries: [MOVED], next: 'moved.txt' } }, ['/top/sub'])).toEqual([
    'new.txt',
    'sub',
    ' moved.txt',
    ' (more)',
    'gone.txt',
  ]);
});

describe('what is shown', () => {
  const top = { '/top': { entries: [ADDED, MOVED, REMOVED, INSIDE, CACHE] } };
  test.each([
    ['added', ['new.txt']],
    ['moved', ['moved.txt']],
    ['removed', ['gone.txt']],
    ['modified', ['sub']],
  ] as const)('only %s', (kind, expected) => expect(rowsOf(top, [], [kind])).toEqual(expected));

  test('caches too, where the person wants them', () => {
    expect(rowsOf(top, [], ['modified'], false)).toEqual(['sub', 'Cache']);
  });

  test('an empty folder that came', () => {
    const empty = entry('empty', { change: 'added', after: FOLDER });
    expect(rowsOf({ '/top': { entries: [empty] } }, [], ['added'])).toEqual(['empty']);
    expect(rowsOf({ '/top': { entries: [empty] } }, [], ['removed'])).toEqual([]);
  });
});

test.each([
  [ADDED, 'added'],
  [MOVED, 'moved'],
  [entry('a', { change: 'removed', movedTo: '/y' }), 'moved'],
  [entry('a', { change: 'replaced' }), 'replaced'],
  [INSIDE, null],
])('what happened (%#)', (one, expected) => expect(changeOf(one)).toBe(expected));

test.each([
  ['.cache', true],
  ['Thumbs.db', true],
  ['~$letter.docx', true],
  ['letter.docx~', true],
  ['node_modules', true],
  ['cached letters.txt', false],
  ['template.txt', false],
  ['tmpl', false],
])('%s is of programs: %s', (name, expected) => expect(isNoise(name)).toBe(expected));

describe('what is chosen is taken from where it is', () => {
  const before = { snapshotId: 'old', time: '', timeMs: 1 };
  const after = { snapshotId: 'new', time: '', timeMs: 2 };
  const OLD = { kind: 'file', sizeBytes: 1, modifiedMs: 1 } as const;
  const NEW = { kind: 'file', sizeBytes: 2, modifiedMs: 2 } as const;
  const chosen = (inView: 'before' | 'after', sides: { before?: typeof OLD; after?: typeof NEW }) => {
    const { before: _before, after: _after, ...bare } = entry('a', {});
    return itemOf({ path: '/a', entry: { ...bare, ...sides } }, { before, after, inView });
  };

  test.each([
    ['changed, from the older', 'before', { before: OLD, after: NEW }, 1, undefined],
    ['changed, from the newer', 'after', { before: OLD, after: NEW }, 2, undefined],
    ['removed since, the older in view', 'before', { before: OLD }, 1, undefined],
    ['removed since, the newer in view', 'after', { before: OLD }, 1, 'old'],
    ['added since, the older in view', 'before', { after: NEW }, 2, 'new'],
  ] as const)('%s', (_, inView, sides, sizeBytes, from) => {
    const item = chosen(inView, sides);
    expect(item).toMatchObject({ path: '/a', label: 'a', kind: 'file', sizeBytes });
    expect(item?.deleted?.lastSeen.snapshotId).toBe(from);
  });
});

test.each([
  ['a file', ADDED, 'added'],
  [
    'a new folder',
    { change: 'added', before: undefined, counts: { ...NONE, added: 69 } },
    'new, with 69 items',
  ],
  [
    'with one file',
    { change: 'added', before: undefined, counts: { ...NONE, added: 1 } },
    'new, with 1 item',
  ],
  ['with none', { change: 'added', before: undefined }, 'added'],
  [
    'with some that were moved there',
    { change: 'added', before: undefined, counts: { ...NONE, added: 9, moved: 2 } },
    'new, with 7 items · 2 moved',
  ],
  [
    'one that went',
    { change: 'removed', after: undefined, counts: { ...NONE, removed: 3 } },
    'removed, with 3 items',
  ],
  [
    'one with changes',
    { change: 'inside', counts: { ...NONE, added: 1, modified: 2 } },
    '1 added · 2 changed',
  ],
] as const)('what happened in words: %s', (_, more, expected) => {
  const { words, formats } = speechOf('en');
  const folder = entry('x', { before: FOLDER, after: FOLDER, ...more } as Partial<DifferenceEntry>);
  expect(changeWords(folder, words.compare, formats)).toBe(expected);
});

/** What was put back last, told from the jobs alone. */
import { expect, test } from 'vitest';
import { lastPutBack } from '#renderer/parts/last-put-back.ts';
import type { JobValue } from '#renderer/text/job-titles.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;

interface Restored {
  readonly id: string;
  readonly queuedAtMs: number;
  readonly endedAtMs?: number | null;
  readonly snapshotId?: string;
  readonly rule?: string;
  readonly hasUndo?: boolean;
  readonly kind?: string;
}

function job({
  id,
  queuedAtMs,
  endedAtMs = queuedAtMs + 500,
  snapshotId = id,
  rule = 'replace-keep-current',
  hasUndo = true,
  kind = 'restore',
}: Restored): JobValue {
  return {
    id,
    kind,
    state: 'done',
    queuedAtMs,
    endedAtMs,
    request: { kind, placeId: 'p', snapshotId, paths: ['/a'], target: null, rule },
    result: { undos: hasUndo ? [{ folder: '/', undoId: id }] : [] },
    error: null,
    troubleCount: 0,
  } as unknown as JobValue;
}

test.each<readonly [string, readonly Restored[], readonly string[]]>([
  ['none', [], []],
  [
    'the newest of two, whatever their order',
    [
      { id: 'new', queuedAtMs: NOW_MS - 10_000 },
      { id: 'old', queuedAtMs: NOW_MS - DAY_MS },
    ],
    ['new'],
  ],
  [
    'all that were begun together, the first one first',
    [
      { id: 'second', queuedAtMs: NOW_MS - 9_000 },
      { id: 'first', queuedAtMs: NOW_MS - 10_000 },
    ],
    ['first', 'second'],
  ],
  [
    'another one of the same version right after it is one of its own',
    [
      { id: 'second', snapshotId: 's', queuedAtMs: NOW_MS - 9_000 },
      { id: 'first', snapshotId: 's', queuedAtMs: NOW_MS - 10_000 },
    ],
    ['second'],
  ],
  [
    'another rule is another putting back',
    [
      { id: 'second', rule: 'keep-both', queuedAtMs: NOW_MS - 9_000 },
      { id: 'first', queuedAtMs: NOW_MS - 10_000 },
    ],
    ['second'],
  ],
  [
    'one that changed nothing, one under way and a backup are passed over',
    [
      { id: 'running', queuedAtMs: NOW_MS - 100, endedAtMs: null },
      { id: 'backup', queuedAtMs: NOW_MS - 200, kind: 'backup' },
      { id: 'same', queuedAtMs: NOW_MS - 10_000, hasUndo: false },
      { id: 'old', queuedAtMs: NOW_MS - DAY_MS },
    ],
    ['old'],
  ],
  ['what is kept no longer is not offered', [{ id: 'old', queuedAtMs: NOW_MS - 31 * DAY_MS }], []],
])('%s', (_, restored, expected) => {
  const found = lastPutBack(restored.map(job), NOW_MS);
  expect(found?.undos.map(({ undoId }) => undoId) ?? []).toEqual(expected);
  expect(found?.asks.map(({ snapshotId }) => snapshotId) ?? []).toHaveLength(expected.length);
});

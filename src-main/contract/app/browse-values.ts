/**
 * What looking around in time answers, as the catalogue tells it: names as bytes (text on the wire where they are UTF-8),
 * beside them a label for people. A point is named by the id of its snapshot. The catalogue's own types say what each
 * field means (`engine/catalogue/types.ts`).
 */
import { z } from 'zod';
import { bytesInJson, count, timeMs } from './values.ts';

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const snapshotName = z.string();

export const pointRef = z.strictObject({ snapshotId: snapshotName, time: z.string(), timeMs });

export const point = z.strictObject({
  ...pointRef.shape,
  series: z.string(),
  state: z.enum(['waiting', 'known', 'partly']),
  isFileDamaged: z.boolean(),
  original: snapshotName.optional(),
  hostname: z.string(),
  username: z.string(),
  paths: list(z.string()),
  tags: list(z.string()),
  /** No rule removes it. */
  isKept: z.boolean(),
  /** It holds a few files only, saved ahead of the first whole version. */
  isPart: z.boolean(),
  /** What a person called it. */
  label: z.string().nullable(),
  summary: z.object({
    filesNew: count.optional(),
    filesChanged: count.optional(),
    filesUnmodified: count.optional(),
    dataAdded: count.optional(),
    /** As it is stored. */
    dataAddedPacked: count.optional(),
    totalFilesProcessed: count.optional(),
    totalBytesProcessed: count.optional(),
  }),
});

const entryKind = z.enum(['file', 'folder', 'symlink', 'other']);

const entry = z.strictObject({
  name: bytesInJson,
  label: z.string(),
  kind: entryKind,
  sizeBytes: count,
  modifiedMs: z.number(),
  changedMs: list(timeMs),
  deleted: z.strictObject({ lastSeen: pointRef, firstMissed: pointRef }).optional(),
});

export const openedFolder = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('folder'),
    entries: list(entry),
    /** Give it as `after` for what follows. */
    next: bytesInJson.optional(),
    deleted: z.strictObject({ count: count.optional(), areFolded: z.boolean() }).optional(),
  }),
  z.strictObject({ kind: z.literal('deleted'), lastSeen: pointRef }),
  z.strictObject({ kind: z.literal('damaged') }),
  z.strictObject({ kind: z.literal('waiting') }),
  z.strictObject({ kind: z.literal('missing') }),
]);

const version = z.strictObject({
  kind: z.literal('version'),
  from: pointRef,
  to: pointRef,
  entryKind,
  sizeBytes: count,
  modifiedMs: z.number(),
  content: z.string(),
  fetchFrom: pointRef.optional(),
  isOldestKnown: z.boolean(),
  isNewest: z.boolean(),
  movedFrom: bytesInJson.optional(),
  movedTo: bytesInJson.optional(),
});
const gap = z.strictObject({ kind: z.literal('gap'), lastSeen: pointRef, seenAgain: pointRef });
export const versionList = z.strictObject({
  items: list(z.discriminatedUnion('kind', [version, gap])),
  total: count,
});

const counts = {
  added: count,
  modified: count,
  removed: count,
  bytesIn: z.number(),
  bytesOut: z.number(),
};
export const heatBucket = z.strictObject({
  ...counts,
  points: count,
  quietPoints: count,
  waitingPoints: count,
});
export const folderHeat = z.strictObject({ path: bytesInJson, label: z.string(), changed: count });
export const nextChange = z.strictObject({
  point: pointRef,
  changedAt: pointRef,
  counts: z.strictObject(counts),
});

const times = z.strictObject({ fromMs: timeMs, toMs: timeMs });
export const searchRequest = z.strictObject({
  text: z.string().max(1_000),
  filters: z
    .strictObject({
      series: z.string().exactOptional(),
      kind: z.string().max(100).exactOptional(),
      in: z.string().max(4_096).exactOptional(),
      deleted: z.boolean().exactOptional(),
      changed: times.exactOptional(),
      largerBytes: count.exactOptional(),
      existed: times.exactOptional(),
      ext: z.string().max(100).exactOptional(),
    })
    .exactOptional(),
  limit: z.number().int().min(1).max(1_000).exactOptional(),
});
const searchResult = z.strictObject({
  series: z.string(),
  path: bytesInJson,
  label: z.string(),
  kind: entryKind,
  sizeBytes: count,
  modifiedMs: z.number(),
  life: list(z.strictObject({ from: pointRef, to: pointRef })),
  versionCount: count,
  isDeleted: z.boolean(),
  /** Lower comes first; compare as texts. */
  rank: z.string(),
});
export const searchSlice = z.strictObject({
  results: list(searchResult),
  matched: count,
  isCut: z.boolean(),
  /** 0 to 1. */
  done: z.number(),
});

const facts = z.strictObject({ kind: entryKind, sizeBytes: count, modifiedMs: z.number() });
const differenceCounts = z.strictObject({ ...counts, moved: count });
export const differencePage = z.strictObject({
  entries: list(
    z.strictObject({
      name: bytesInJson,
      label: z.string(),
      change: z.enum(['added', 'modified', 'removed', 'replaced', 'inside']),
      before: facts.optional(),
      after: facts.optional(),
      counts: differenceCounts,
      movedFrom: bytesInJson.optional(),
      movedTo: bytesInJson.optional(),
    }),
  ),
  next: bytesInJson.optional(),
  counts: differenceCounts,
  isComplete: z.boolean(),
});

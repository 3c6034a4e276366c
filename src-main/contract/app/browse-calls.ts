/**
 * Looking around in time: served from the catalogue, without touching the place. `folder` and `path` are absolute in the
 * version; `series` names one protected set of folders, as `browse.points` tells it.
 */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';
import {
  differencePage,
  folderHeat,
  heatBucket,
  nextChange,
  openedFolder,
  point,
  searchRequest,
  searchSlice,
  versionList,
} from './browse-values.ts';
import { bytesInJson, count, placeId, snapshotId, timeMs } from './values.ts';

const page = {
  after: bytesInJson.exactOptional(),
  limit: z.number().int().min(1).max(10_000).exactOptional(),
};

/** More than any window has pixels. */
const MOST_BUCKETS = 10_000;

export const browseCalls = {
  /** Oldest first within each series. */
  'browse.points': {
    kind: 'query',
    input: z.strictObject({ placeId, series: z.string().exactOptional() }),
    output: z.array(point).readonly(),
  },
  'browse.folder': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      snapshotId,
      folder: bytesInJson,
      deleted: z.enum(['none', 'folded', 'all']).exactOptional(),
      ...page,
    }),
    output: openedFolder,
  },
  'browse.versions': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      series: z.string(),
      path: bytesInJson,
      skip: count.exactOptional(),
      limit: page.limit,
    }),
    output: versionList,
  },
  /** One bucket from each edge up to the next. */
  'browse.changes': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      series: z.string(),
      folder: bytesInJson,
      edges: z.array(timeMs).min(2).max(MOST_BUCKETS),
    }),
    output: z.array(heatBucket).readonly(),
  },
  'browse.topFolders': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      series: z.string(),
      folder: bytesInJson,
      fromMs: timeMs,
      toMs: timeMs,
    }),
    output: z.array(folderHeat).readonly(),
  },
  'browse.nextChange': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      snapshotId,
      path: bytesInJson,
      direction: z.enum(['older', 'newer']),
    }),
    output: nextChange.nullable(),
  },
  /** Results come as progress; the answer says how it ended. */
  'browse.search': {
    kind: 'query',
    input: z.strictObject({ placeId, search: searchRequest }),
    output: z.strictObject({ matched: count, isCut: z.boolean() }),
    progress: searchSlice,
  },
  'browse.difference': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      beforeId: snapshotId,
      afterId: snapshotId,
      folder: bytesInJson,
      ...page,
    }),
    output: differencePage,
  },
} as const satisfies CallTable;

/** The limits that results are held against. Source: DESIGN.md, "Budgets". */
import type { ComparisonId } from './bench-result.ts';

/** Our time divided by restic's, at most; work without a limit of its own has none here. */
export const TIME_BUDGETS: Readonly<Partial<Record<ComparisonId, number>>> = {
  'first-small': 0.6,
  'first-large': 0.7,
  unchanged: 0.4,
  // One that walks is held to the limit of an unchanged folder.
  'one-changed': 0.4,
  'one-told': 0.1,
  restore: 0.8,
  check: 0.7,
  // Behind a network the line decides.
  'first-sftp': 1,
  'unchanged-sftp': 1,
  'restore-sftp': 1,
  'first-rest': 1,
  'unchanged-rest': 1,
  'restore-rest': 1,
  'first-s3': 1,
  'unchanged-s3': 1,
  'restore-s3': 1,
};

/** Our peak memory divided by restic's, at most, in each of these. */
export const MEMORY_BUDGET = 2.5;
export const SIZE_BUDGET = 1.02;

export const INDEX_BYTES_PER_BLOB = 64;
export const INDEX_LOOKUP_NS = 1000;
/** 20 s for 10 million; other counts get their share. */
export const INDEX_OPEN_MS_PER_BLOB = 20_000 / 10_000_000;

/** Source: product, 2. The worst of many questions counts. */
export const CATALOGUE_OPEN_FOLDER_MS = 50;
export const CATALOGUE_STRIP_MS = 30;
export const CATALOGUE_FIRST_RESULT_MS = 100;
export const CATALOGUE_BYTES_PER_VERSION = 300;

export const MILLION_PEAK_BYTES = 400e6;

/** DESIGN.md, "Budgets": first useful paint in browser mode; 60 frames a second, read to a tenth. */
export const WINDOW_FIRST_PAINT_MS = 1500;
export const WINDOW_FRAME_MS = 16.8;

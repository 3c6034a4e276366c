/**
 * What was got ready for other programs by a job `handOut`: under its id, in a private folder, for a day at most. A page never
 * says where on the disk; a host that drags or sends it asks here.
 */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';
import { MOST_CONTENT_BYTES } from './content-calls.ts';
import { count, jobId } from './values.ts';

/** More than this is not dragged: it would take longer than anybody holds a button. */
export const MOST_DRAGGED_BYTES = 2_000_000_000;

export const handOutCalls = {
  /** Absolute, of what lies on top: names are text for every program. @throws request.notFound */
  'handOut.files': {
    kind: 'query',
    input: z.strictObject({ jobId }),
    output: z.array(z.string()),
  },
  /** A part of the zip file. @throws request.notFound */
  'handOut.content': {
    kind: 'query',
    input: z.strictObject({ jobId, offset: count, length: z.number().int().min(1).max(MOST_CONTENT_BYTES) }),
    output: z.strictObject({ name: z.string(), sizeBytes: count, offset: count, base64: z.base64() }),
  },
  /**
   * Opens the one file, made read-only, with the system's program for it; where a host can. It goes when the core ends.
   * @throws request.notFound, request.invalidInput, files.wouldRun, files.notOpened
   */
  'handOut.open': { kind: 'command', input: z.strictObject({ jobId }), output: z.void() },
  /** Nobody needs it any more. */
  'handOut.end': { kind: 'command', input: z.strictObject({ jobId }), output: z.void() },
} as const satisfies CallTable;

/**
 * What a place can do, tried out for real: a small file was written, read back, listed and removed again, speed and clock
 * were measured. Facts only; the sentences are the window's and the command line's.
 */
import { z } from 'zod';
import { count, timeMs, wireError } from './values.ts';

const trialStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('worked') }),
  z.strictObject({ kind: z.literal('failed'), error: wireError }),
  /** An earlier step failed, there is nothing yet in which it could be tried, or what is written would stay. */
  z.strictObject({ kind: z.literal('notTried') }),
]);

const speed = z.strictObject({
  bytes: count,
  ms: z.number().min(0),
  /** They had not arrived in that time: it is slower than this. */
  isSlower: z.boolean(),
});

export const placeTrial = z.strictObject({
  lists: trialStep,
  writes: trialStep,
  readsBack: trialStep,
  removes: trialStep,
  /** What happens to what is removed there. */
  keeping: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('unknown') }),
    z.strictObject({ kind: z.literal('nothing') }),
    /** Nothing can be removed: append-only, or keys that may not. */
    z.strictObject({ kind: z.literal('everything'), untilMs: timeMs.nullable() }),
    /** Object lock: what was written now cannot go before. */
    z.strictObject({ kind: z.literal('locked'), untilMs: timeMs }),
  ]),
  /** Null: not measured. Never where what is written would stay. */
  upload: speed.nullable(),
  download: speed.nullable(),
  /** By how much its clock is ahead of this computer's; null: it does not tell. */
  clockAheadMs: z.number().nullable(),
  /** Files of the trial that could not be taken away again. */
  left: z.strictObject({ files: count, bytes: count, untilMs: timeMs.nullable() }).nullable(),
});

export type PlaceTrial = z.output<typeof placeTrial>;
export type TrialStep = z.output<typeof trialStep>;
export type WirePlaceTrial = z.input<typeof placeTrial>;

/** What goes over a channel. The caller numbers its calls; an answer carries the number. Events have none. */
import { z } from 'zod';
import type { WireError } from '#base/errors.ts';

const callId = z.number().int().nonnegative();

export const fromCaller = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id: callId, name: z.string(), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id: callId }),
]);
export type FromCaller = z.output<typeof fromCaller>;

/** Trusted by the caller: a window believes its core. */
export type FromServer =
  | { readonly type: 'answer'; readonly id: number; readonly output: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly error: WireError }
  | { readonly type: 'progress'; readonly id: number; readonly progress: unknown }
  | { readonly type: 'event'; readonly topic: string; readonly payload: unknown };

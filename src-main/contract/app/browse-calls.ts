/** Looking around in time: served from the catalogue, without touching the place. */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';
import { placeId } from './values.ts';

/** Points of time that a place holds, oldest first. The catalogue's own calls join here. */
export const browseCalls = {
  'browse.points': {
    kind: 'query',
    input: z.strictObject({ placeId }),
    output: z.array(z.json()),
  },
} as const satisfies CallTable;

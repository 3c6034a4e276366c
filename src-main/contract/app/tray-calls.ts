/** The tray introduces itself once, wherever that is done first: in the window at the end of the first run, or when it is closed. */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';

/** Where a system has its tray unless somebody has moved it. */
export const TRAY_CORNERS = ['topRight', 'bottomRight'] as const;
export type TrayCorner = (typeof TRAY_CORNERS)[number];

export const trayCalls = {
  /** Where to point. Null: this host or this desktop has no tray, or the person has been told of it. */
  'tray.introduction': {
    kind: 'query',
    input: z.strictObject({}),
    output: z.strictObject({ corner: z.enum(TRAY_CORNERS) }).nullable(),
  },
  /** The person is told now. False: they had been before. */
  'tray.told': { kind: 'command', input: z.strictObject({}), output: z.boolean() },
} as const satisfies CallTable;

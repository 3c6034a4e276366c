/** How the person wants the window. Kept in the profile, the same for every window, part of the mirror. */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';

export const windowSettings = z.strictObject({
  language: z.enum(['system', 'en', 'de']),
  theme: z.enum(['system', 'light', 'dark']),
  /** The system's only where the window is told of one. */
  accent: z.enum(['tidemark', 'system']),
  rowHeight: z.enum(['comfortable', 'compact']),
  /** Deleted things are shown among the others. */
  showDeleted: z.boolean(),
  bandPosition: z.enum(['top', 'bottom']),
});
export type WindowSettings = z.output<typeof windowSettings>;

export const DEFAULT_WINDOW_SETTINGS: WindowSettings = {
  language: 'system',
  theme: 'system',
  accent: 'tidemark',
  rowHeight: 'comfortable',
  showDeleted: true,
  bandPosition: 'top',
};

export const settingsCalls = {
  'settings.get': { kind: 'query', input: z.strictObject({}), output: windowSettings },
  'settings.put': { kind: 'command', input: windowSettings, output: windowSettings },
} as const satisfies CallTable;

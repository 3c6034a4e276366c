/** What the window asks of the engine process beyond jobs and the catalogue's own answers. */
import type { ByteString } from '#base/byte-string.ts';
import type { CallTable } from '#contract/calls/call-table.ts';
import type { JobTold } from './engine-calls.ts';
import type { EraseOutcome, EraseOutlook, ListedVersion, MarkChoice, PlaceAccess } from './engine-values.ts';
import { of } from './trusted-shape.ts';

const job = { progress: of<JobTold>() };

export const engineWindowCalls = {
  /** The version as it is listed now; its id is another one where something changed. */
  label: {
    kind: 'command',
    input: of<{ access: PlaceAccess; choice: MarkChoice }>(),
    output: of<ListedVersion>(),
    ...job,
  },
  erase: {
    kind: 'command',
    input: of<{ access: PlaceAccess; series: string; paths: readonly ByteString[] }>(),
    output: of<EraseOutcome>(),
    ...job,
  },
  'erase.prepare': {
    kind: 'query',
    input: of<{ repositoryId: string; series: string; paths: readonly ByteString[] }>(),
    output: of<EraseOutlook>(),
  },
} as const satisfies CallTable;

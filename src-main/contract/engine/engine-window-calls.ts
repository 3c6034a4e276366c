/** What the window asks of the engine process beyond jobs and the catalogue's own answers. */
import type { ByteString } from '#base/byte-string.ts';
import type { CallTable } from '#contract/calls/call-table.ts';
import type { JobTold } from './engine-calls.ts';
import type { EntriesNow, EntryOwner, VersionLock } from '#contract/app/content-calls.ts';
import type {
  ContentPart,
  EraseOutcome,
  EraseOutlook,
  ExportAsk,
  ExportOutcome,
  HistorySpace,
  ListedVersion,
  MarkChoice,
  PlaceAccess,
  PlaceSpace,
} from './engine-values.ts';
import { of } from './trusted-shape.ts';

const job = { progress: of<JobTold>() };

export const engineWindowCalls = {
  content: {
    kind: 'query',
    input: of<{
      access: PlaceAccess;
      snapshotId: string;
      path: ByteString;
      offset: number;
      length: number;
    }>(),
    output: of<ContentPart>(),
  },
  owner: {
    kind: 'query',
    input: of<{ access: PlaceAccess; snapshotId: string; path: ByteString }>(),
    output: of<EntryOwner | null>(),
  },
  storedShares: {
    kind: 'query',
    input: of<{
      access: PlaceAccess;
      files: readonly { readonly snapshotId: string; readonly path: ByteString }[];
    }>(),
    output: of<readonly (number | null)[]>(),
  },
  now: {
    kind: 'query',
    input: of<{
      repositoryId: string;
      snapshotId: string;
      folder: ByteString;
      names: readonly ByteString[];
      withOnlyNow: boolean;
    }>(),
    output: of<EntriesNow>(),
  },
  export: {
    kind: 'command',
    input: of<{ access: PlaceAccess; ask: ExportAsk }>(),
    output: of<ExportOutcome>(),
    ...job,
  },
  'space.place': { kind: 'query', input: of<{ access: PlaceAccess }>(), output: of<PlaceSpace>() },
  'space.history': { kind: 'query', input: of<{ repositoryId: string }>(), output: of<HistorySpace>() },
  /** Ids of the keys that people keep. */
  personKeys: { kind: 'query', input: of<{ access: PlaceAccess }>(), output: of<readonly string[]>() },
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
  'versions.locks': {
    kind: 'query',
    /** `mayAsk`: else only what was learned before is told. */
    input: of<{ access: PlaceAccess; series: string; mayAsk: boolean }>(),
    output: of<readonly VersionLock[]>(),
  },
  /** The latest day until which the place keeps these versions whatever is removed; null: it keeps none, or does not say. */
  'versions.keptUntil': {
    kind: 'query',
    input: of<{ access: PlaceAccess; snapshotIds: readonly string[] }>(),
    output: of<number | null>(),
  },
} as const satisfies CallTable;

/** What the handlers of a core work with; put together in `create-core.ts`. */
import type { ByteString } from '#base/byte-string.ts';
import type { EngineLink } from '#services/engine-link/engine-link.ts';
import type { GivenKeys } from '#services/given-keys/given-keys.ts';
import type { HandOuts } from '#services/hand-outs/hand-outs.ts';
import type { KeyCopies } from '#services/key-copies/key-copies.ts';
import type { JobQueue } from '#services/jobs/job-queue.ts';
import type { Routine } from '#services/routine/routine.ts';
import type { Activity } from '#services/state/activity-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import type { HostPorts } from './host-ports.ts';
import type { MirrorKeeper } from './mirror-keeper.ts';
import type { SecretStates } from './place-values.ts';

export interface FolderSizes {
  files: number;
  bytes: number;
  leftOutFiles: number;
  leftOutBytes: number;
}

export interface CoreParts {
  readonly ports: HostPorts;
  readonly state: StateFile;
  readonly engine: EngineLink;
  readonly queue: JobQueue;
  readonly routine: Routine;
  readonly mirror: MirrorKeeper;
  readonly secrets: SecretStates;
  readonly keyCopies: KeyCopies;
  readonly givenKeys: GivenKeys;
  readonly handOuts: HandOuts;
  readonly profileFolder: string;
  /** Where files that were replaced in a place are kept. */
  readonly keptFolder: string;
  /** Random, for plans, places and jobs. */
  newId(): string;
  /** Notes in the activity log. */
  note(kind: string, data: Activity['data']): void;
  /** Plans or places are others now: watcher, schedule and windows follow. */
  changed(what: 'plans' | 'places'): void;
  measureFolders(
    choice: { readonly folders: readonly ByteString[]; readonly exclusions: Plan['exclusions'] },
    tell: (so: { files: number; bytes: number }) => void,
    signal: AbortSignal,
  ): Promise<FolderSizes>;
}

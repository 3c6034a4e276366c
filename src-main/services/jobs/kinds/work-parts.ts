/** What the kinds of jobs share: the state, the engine, the watcher's hints, and whom to tell what came of a job. */
import type { ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import type { SystemVersion } from '#contract/app/content-calls.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { CallOptions } from '#contract/calls/call-table.ts';
import type { JobTold, EngineCalls } from '#contract/engine/engine-calls.ts';
import type { DataPart, SettingsFile } from '#contract/engine/engine-values.ts';
import type { GivenKeys } from '#services/given-keys/given-keys.ts';
import type { HandOuts } from '#services/hand-outs/hand-outs.ts';
import type { KeyCopies } from '#services/key-copies/key-copies.ts';
import type { RunProgram } from '#services/plans/run-plan-commands.ts';
import type { Activity } from '#services/state/activity-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import type { JobRun } from '../job-work.ts';

/** What a run is to look at, and who is told how it ended. */
export interface HintSource {
  take(
    planId: string,
    placeId: string,
  ): {
    /** Undefined: everything. */
    readonly hints:
      | {
          readonly paths: readonly ByteString[];
          readonly wholeFolders: readonly ByteString[];
          readonly since: string;
        }
      | undefined;
    /** @param unread to be looked at again */
    confirm(snapshotId: string, unread: readonly ByteString[]): void;
    giveBack(): void;
  };
}

export interface PlaceDamage {
  /** Slices that were found damaged. */
  readonly parts: readonly DataPart[];
  /** Files of the place, by id. */
  readonly packs: readonly string[];
}

export interface WorkParts {
  readonly state: StateFile;
  readonly clock: Clock;
  zone(): string;
  readonly engine: { readonly calls: CallClient<EngineCalls> };
  /** Which system this computer has now, and how the computer is called; undefined where it does not say. */
  system(): (SystemVersion & { readonly hostname: string }) | undefined;
  readonly hints: HintSource;
  readonly runProgram: RunProgram;
  readonly keyCopies: Pick<KeyCopies, 'refresh'>;
  readonly givenKeys: Pick<GivenKeys, 'settle'>;
  readonly handOuts: Pick<HandOuts, 'make' | 'settle' | 'files' | 'remove'>;
  /** What verifications have found damaged in a place and nothing has mended. */
  damageIn(placeId: string): PlaceDamage;
  /** Where what is replaced in a place is kept. */
  readonly keptFolder: string;
  /** As they would travel now. */
  settings(): { readonly files: readonly SettingsFile[]; readonly digest: string };
  /** There is something new in a place while the work goes on. */
  readHistory(placeId: PlaceId): void;
  /** Notes in the activity log. */
  note(kind: string, data: Activity['data']): void;
}

/** Passes a job's signal to the engine, and what the engine tells to the job. */
export function engineOptions(run: JobRun): CallOptions<JobTold> {
  return {
    signal: run.signal,
    onProgress: (told) => {
      if (told.kind === 'progress') run.progress(told.progress);
      else run.trouble(told.path, told.error);
    },
  };
}

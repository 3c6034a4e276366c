/** What a command about plans and places works with: a core on the profile, in this process or in another one. */
import { TidemarkError } from '#base/errors.ts';
import type { AppCalls } from '#contract/app/app-calls.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { CommandSession } from '../command-session.ts';

export type WirePlan = Mirror['plans'][number];
export type WirePlace = Mirror['places'][number];
export type WireJob = Mirror['jobs'][number];
export type WireJobRequest = Parameters<CallClient<AppCalls>['jobs.start']>[0];

export interface ProfileConnection {
  readonly calls: CallClient<AppCalls>;
  /** Tidemark runs already, and goes on when this command has ended. */
  readonly isElsewhere: boolean;
  /** A core of our own stops what it does at a safe place. */
  close(): Promise<void>;
}

/** Opens the profile, works, and closes it whatever happens. @throws what `work` and opening throw */
export async function withProfile<Result>(
  { host, options, context }: CommandSession,
  work: (profile: ProfileConnection) => Promise<Result>,
): Promise<Result> {
  if (options.limits !== undefined || options.settings !== undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: '-o, --limit-upload and --limit-download are for repositories that are named with -r',
      reason: 'leave them out; limits of a plan are set with "plan change NAME --bandwidth"',
    });
  }
  const profile = await host.openProfile(options.profile, context.signal);
  try {
    return await work(profile);
  } finally {
    await profile.close();
  }
}

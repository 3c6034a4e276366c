/** `tidemark run`: makes a version of one plan or of all, now. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { wireError } from '#contract/app/values.ts';
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { EXIT_DONE, EXIT_INCOMPLETE, type ExitCode } from '#contract/exit-codes.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { asText, example } from '../option-values.ts';
import { isPasswordGiven } from '../password.ts';
import { findByName } from '../profile/find-by-name.ts';
import { tellJob, waitForJob } from '../profile/follow-job.ts';
import { placeName } from '../profile/plan-words.ts';
import { unlockPlace } from '../profile/unlock-places.ts';
import { withProfile, type ProfileConnection, type WireJobRequest } from '../profile/profile-connection.ts';

interface RunFlags {
  readonly all?: boolean;
  readonly wait?: boolean;
}

export function defineRun(command: Command, run: RunCommand): void {
  command
    .argument('[plan]', 'its name, or its id or the beginning of it')
    .option('--all', 'all plans')
    .option('--wait', 'until it is done; always so when Tidemark does not run yet')
    .addHelpText(
      'after',
      `
Where Tidemark does not run, "tidemark run --all" from a timer of the system does its work: afterwards it also thins out
and verifies what is due, and saves plans and settings to the places.
`,
    )
    .addHelpText('after', example('tidemark run Letters --wait'))
    .action((plan: string | undefined, flags: RunFlags) =>
      run((session) => {
        if ((plan === undefined) === (flags.all !== true)) {
          throw new TidemarkError('request.invalidInput', {
            what: plan === undefined ? 'no plan is named' : 'a plan and --all are given',
            reason: 'name one plan, or say --all',
          });
        }
        return withProfile(session, (profile) => runPlans(session, profile, plan, flags));
      }),
    );
}

async function runPlans(
  session: CommandSession,
  profile: ProfileConnection,
  name: string | undefined,
  { wait }: RunFlags,
): Promise<ExitCode> {
  const { calls, isElsewhere } = profile;
  const { output } = session;
  const before = await calls['mirror.get']({});
  const planId = name === undefined ? null : findByName('plan', before.plans, asText(name)).id;
  const jobIds = await calls['jobs.backUpNow']({ planId });
  output.json({ message_type: 'jobs_started', ids: jobIds });
  if (jobIds.length === 0)
    output.say('There is nothing to do: no plan that is switched on has a place to save to.');
  if (isElsewhere && wait !== true) {
    if (jobIds.length > 0) output.say('Started. "tidemark health" tells how it went; --wait waits for it.');
    return EXIT_DONE;
  }
  const mirror = await calls['mirror.get']({});
  const codes: ExitCode[] = [];
  for (const jobId of jobIds) codes.push(await followRun(session, profile, jobId, mirror));
  if (!isElsewhere && name === undefined) await finishWhatIsDue(session, profile);
  return worstOf(codes);
}

/** A place whose key is not at hand is opened with a password, and the run made once more. */
async function followRun(
  session: CommandSession,
  profile: ProfileConnection,
  jobId: string,
  { jobs, plans, places }: Mirror,
): Promise<ExitCode> {
  const { calls } = profile;
  const job = jobs.find(({ id }) => id === jobId);
  const place = places.find(({ id }) => id === job?.placeId);
  const plan = plans.find(({ id }) => id === job?.planId);
  const what = plan && place ? `${plan.name} to ${placeName(places, place.id)}` : jobId;
  const first = await waitForJob(session, profile, jobId);
  const needsSecret = first.error?.code === 'repository.secretNeeded';
  const canTell = isPasswordGiven(session.host, session.options) || session.host.stdin.isTTY === true;
  if (!needsSecret || !canTell || !plan || !place) return tellJob(session, profile, first, what);
  await unlockPlace(session, profile, place);
  const again = await calls['jobs.start']({ kind: 'backup', planId: plan.id, placeId: place.id });
  return tellJob(session, profile, await waitForJob(session, profile, again), what);
}

/**
 * What a core that stays would do by itself waits in ours until it is asked for. It is no reason to call the runs failed.
 */
async function finishWhatIsDue(session: CommandSession, profile: ProfileConnection): Promise<void> {
  const { output, context } = session;
  const asked = new Set<string>();
  while (!context.signal.aborted) {
    await systemClock.sleep(SETTLE_MS, context.signal);
    const { jobs } = await profile.calls['mirror.get']({});
    const waiting = jobs.filter(({ state, id }) => state === 'queued' && !asked.has(id));
    if (waiting.length === 0) return;
    for (const { id, request } of waiting) {
      asked.add(id);
      await profile.calls['jobs.start'](request as WireJobRequest);
      const job = await waitForJob(session, profile, id);
      output.json({ message_type: 'job', ...job });
      // What a place holds is read for windows, which nobody looks at here.
      if (job.error !== null && job.kind !== 'readHistory')
        output.complain(errorSentence(wireError.decode(job.error), COMMAND_LINE_WORDS));
    }
  }
}

/** In which the core has looked what is due after a job. */
const SETTLE_MS = 500;

/** A run that failed weighs more than one that left files out. */
function worstOf(codes: readonly ExitCode[]): ExitCode {
  const failed = codes.find((code) => code !== EXIT_DONE && code !== EXIT_INCOMPLETE);
  return failed ?? (codes.includes(EXIT_INCOMPLETE) ? EXIT_INCOMPLETE : EXIT_DONE);
}

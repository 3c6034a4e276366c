/** Waits for a job, shows how it goes, and says how it ended. */
import { wireError } from '#contract/app/values.ts';
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { EXIT_DONE, EXIT_FAILED, EXIT_INCOMPLETE, exitCodeOf, type ExitCode } from '#contract/exit-codes.ts';
import type { CommandSession } from '../command-session.ts';
import { formatCount, formatName } from '../format-values.ts';
import type { ProfileConnection, WireJob } from './profile-connection.ts';
import { pathText } from './wire-path.ts';

/** An interrupt cancels the job; then it ends as cancelled. */
export async function waitForJob(
  { output, context }: CommandSession,
  { calls }: ProfileConnection,
  jobId: string,
): Promise<WireJob> {
  const cancel = (): void => void calls['jobs.cancel']({ jobId }).catch(() => undefined);
  context.signal.addEventListener('abort', cancel, { once: true });
  if (context.signal.aborted) cancel();
  try {
    return await calls['jobs.wait']({ jobId }, { onProgress: (now) => showProgress(output, now) });
  } finally {
    output.stopProgress();
    context.signal.removeEventListener('abort', cancel);
  }
}

/** @returns the exit code that the job asks for */
export async function tellJob(
  { output }: CommandSession,
  { calls }: ProfileConnection,
  job: WireJob,
  what: string,
): Promise<ExitCode> {
  output.json({ message_type: 'job', ...job });
  if (job.troubleCount > 0 && !output.options.json) {
    for (const { path, error } of await calls['jobs.troubles']({ jobId: job.id })) {
      const sentence = errorSentence(wireError.decode(error), COMMAND_LINE_WORDS);
      output.complain(`${pathText(path)}: ${sentence}`);
    }
  }
  return tellEnd(output, job, what);
}

function showProgress(output: CommandSession['output'], job: WireJob): void {
  const { progress } = job;
  if (progress === null) return;
  const { filesDone, bytesDone, totalFiles, totalBytes, current } = progress;
  output.progress(
    {
      filesDone,
      bytesDone,
      ...(totalFiles === null ? {} : { totalFiles }),
      ...(totalBytes === null ? {} : { totalBytes }),
      ...(current === null ? {} : { current: pathText(current) }),
    },
    () => ({ message_type: 'job_status', id: job.id, state: job.state, wait: job.wait, ...progress }),
  );
}

function tellEnd(output: CommandSession['output'], job: WireJob, what: string): ExitCode {
  const named = formatName(what);
  switch (job.state) {
    case 'done':
      output.say(`${named}: done.`);
      return EXIT_DONE;
    case 'doneExcept':
      output.say(`${named}: done, except ${formatCount(job.troubleCount, 'file')}, listed above.`);
      return EXIT_INCOMPLETE;
    case 'cancelled':
      return exitCodeOf('job.cancelled');
    case 'failed':
    case 'interrupted':
    case 'queued':
    case 'running':
    case 'paused': {
      const error = job.error === null ? undefined : wireError.decode(job.error);
      output.complain(
        `${named}: ${error === undefined ? 'it did not end well.' : errorSentence(error, COMMAND_LINE_WORDS)}`,
      );
      return error === undefined ? EXIT_FAILED : exitCodeOf(error.code);
    }
  }
}

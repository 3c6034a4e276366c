/**
 * Starts the jobs of a putting back or of an undo and follows them to their end. Closing the sheet does not end them;
 * `stop` does. Jobs of one place run one after the other anyway; here the next is asked for when the one before has ended.
 */
import {
  restoreOutcome,
  undoOutcome,
  type RestoreAsk,
  type RestoreOutcome,
  type UndoOutcome,
  type UndoRef,
} from '../../../parts/restore-outcome.ts';
import type { JobValue } from '../../../text/job-titles.ts';
import type { Calls } from '../wire-types.ts';
import { useRestores } from './restore-store.ts';

type JobCalls = Pick<Calls, 'jobs.start' | 'jobs.wait' | 'jobs.cancel'>;

/** @throws what the start of a job throws */
export async function runRestore(calls: JobCalls, asks: readonly RestoreAsk[]): Promise<RestoreOutcome> {
  const jobs: JobValue[] = [];
  const jobIds: string[] = [];
  useRestores.setState({ run: { kind: 'running', jobIds: [], progress: null } });
  try {
    for (const ask of asks) {
      const jobId = await calls['jobs.start']({ kind: 'restore', ...ask });
      jobIds.push(jobId);
      useRestores.setState({ run: { kind: 'running', jobIds: [...jobIds], progress: null } });
      const job = await calls['jobs.wait'](
        { jobId },
        {
          onProgress: ({ progress }) =>
            useRestores.setState({ run: { kind: 'running', jobIds: [...jobIds], progress } }),
        },
      );
      jobs.push(job);
      if (job.state !== 'done' && job.state !== 'doneExcept') break;
    }
  } catch (error) {
    useRestores.setState({ run: { kind: 'none' } });
    throw error;
  }
  const outcome = restoreOutcome(jobs, asks.length);
  useRestores.setState((before) => ({
    run: { kind: 'ended', jobIds, outcome },
    last: outcome.undos.length > 0 ? { asks, undos: outcome.undos } : before.last,
  }));
  return outcome;
}

/** What was written already stays, and can be taken back. */
export async function stopRestore(calls: JobCalls): Promise<void> {
  const { run } = useRestores.getState();
  const jobId = run.kind === 'running' ? run.jobIds.at(-1) : undefined;
  if (jobId !== undefined) await calls['jobs.cancel']({ jobId });
}

/** The newest first, so that what several have touched ends as it was at first. */
export async function runUndo(calls: JobCalls, undos: readonly UndoRef[]): Promise<UndoOutcome> {
  const jobs: JobValue[] = [];
  for (const undo of undos.toReversed()) {
    const jobId = await calls['jobs.start']({ kind: 'undo', ...undo });
    jobs.push(await calls['jobs.wait']({ jobId }));
  }
  const outcome = undoOutcome(jobs);
  // What did not go can be tried again.
  if (!outcome.hasFailed)
    useRestores.setState(({ last }) => ({ last: last !== null && isOf(last.undos, undos) ? null : last }));
  return outcome;
}

function isOf(all: readonly UndoRef[], some: readonly UndoRef[]): boolean {
  return some.some(({ undoId }) => all.some((one) => one.undoId === undoId));
}

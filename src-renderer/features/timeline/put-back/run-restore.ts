/**
 * Starts the jobs of a putting back or of an undo and follows them to their end, which closing the sheet does not bring.
 * Jobs of one place run one after the other anyway; here the next is asked for when the one before has ended.
 */
import {
  asksIn,
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

type JobCalls = Pick<Calls, 'jobs.start' | 'jobs.wait'>;

/** @throws what the start of a job throws */
export async function runRestore(calls: JobCalls, asks: readonly RestoreAsk[]): Promise<RestoreOutcome> {
  const jobs: JobValue[] = [];
  const jobIds: string[] = [];
  useRestores.setState({ run: { kind: 'running', jobIds: [], progress: null } });
  try {
    for (const ask of asks) {
      jobIds.push(await calls['jobs.start']({ kind: 'restore', ...ask }));
      const job = await follow(calls, jobIds);
      jobs.push(job);
      if (job.state !== 'done' && job.state !== 'doneExcept') break;
    }
  } catch (error) {
    useRestores.setState({ run: { kind: 'none' } });
    throw error;
  }
  return hasEnded(jobs, asks);
}

/** One that was begun before this window was there, or by another. @throws what following it throws */
export async function followRestore(calls: JobCalls, begun: JobValue): Promise<RestoreOutcome> {
  try {
    return hasEnded([await follow(calls, [begun.id])], asksIn([begun]));
  } catch (error) {
    useRestores.setState({ run: { kind: 'none' } });
    throw error;
  }
}

/** The last of them, to its end. */
function follow(calls: JobCalls, jobIds: readonly string[]): Promise<JobValue> {
  const show = (progress: JobValue['progress']): void =>
    useRestores.setState({ run: { kind: 'running', jobIds: [...jobIds], progress } });
  show(null);
  return calls['jobs.wait']({ jobId: jobIds.at(-1)! }, { onProgress: ({ progress }) => show(progress) });
}

function hasEnded(jobs: readonly JobValue[], asks: readonly RestoreAsk[]): RestoreOutcome {
  const jobIds = jobs.map(({ id }) => id);
  const outcome = restoreOutcome(jobs, asks.length);
  useRestores.setState((before) => ({
    run: { kind: 'ended', jobIds, outcome },
    last: outcome.undos.length > 0 ? { asks, undos: outcome.undos } : before.last,
  }));
  return outcome;
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

/**
 * The commands that a person puts before and after a backup: database dumps, a mount. Runs them one after another, keeps
 * the end of what they say. How a program is started is the host's.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { Plan } from '#services/state/plans-table.ts';

export type PlanCommand = Plan['commands']['before'][number];

export interface CommandEnd {
  /** Null: it did not end by itself; `reason` says why. */
  readonly exitCode: number | null;
  readonly reason: 'ended' | 'timedOut' | 'notStarted' | 'cancelled' | 'killed';
  /** The last of what it printed, both streams. */
  readonly output: string;
}

/** Starts a program without a shell and waits for it; its children end with it. Never rejects. */
export type RunProgram = (
  program: ByteString,
  args: readonly ByteString[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<CommandEnd>;

export interface CommandReport extends CommandEnd {
  readonly program: string;
}

/** @throws plans.commandFailed when one fails whose failure is to stop the backup; the rest is not run then */
export async function runPlanCommands(
  commands: readonly PlanCommand[],
  runProgram: RunProgram,
  signal: AbortSignal,
): Promise<CommandReport[]> {
  const reports: CommandReport[] = [];
  for (const { program, arguments: args, timeoutMs, onFailure } of commands) {
    const end = await runProgram(program, args, { timeoutMs, signal });
    const report = { program: toDisplay(program), ...end };
    reports.push(report);
    if (end.exitCode === 0 || onFailure === 'goOn') continue;
    if (signal.aborted) throw new TidemarkError('job.cancelled', {});
    throw new TidemarkError(
      'plans.commandFailed',
      { program: report.program, exitCode: end.exitCode, reason: end.reason, output: lastLines(end.output) },
      { retry: 'later' },
    );
  }
  return reports;
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-3).join('\n').slice(-500);
}

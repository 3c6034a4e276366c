/** restic's JSON message of the same name, the last line on standard error of a command that did not end with 0. */
import type { ExitCode } from '#contract/exit-codes.ts';

export function exitMessage(exitCode: ExitCode, message: string): Readonly<Record<string, unknown>> {
  return { message_type: 'exit_error', code: exitCode, message };
}

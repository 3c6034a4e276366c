/**
 * Runs one command from arguments to exit code. Owns what happens around every command: signals, one sentence per
 * error, the exit code, a terminal left as it was found. Never shows a stack unless TIDEMARK_DEBUG is set.
 */
import { CommanderError } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { EXIT_DONE, EXIT_FAILED, exitCodeOf, type ExitCode } from '#contract/exit-codes.ts';
import { argumentsForCommander, createProgram } from './program.ts';
import type { CliHost } from './cli-host.ts';
import { exitMessage } from './exit-message.ts';
import { createSession, type CommandWork } from './command-session.ts';
import { readGlobalOptions, type GlobalOptions } from './global-options.ts';
import { Output } from './output.ts';

/** Never rejects. */
export async function runCommand(host: CliHost): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_DONE;
  const args = argumentsForCommander(host.args);
  // Errors before the options are read must know how to speak.
  const speaksJson = host.args.includes('--json' as ByteString);
  try {
    const program = await createProgram(host, args, async (work) => {
      exitCode = await runWork(host, readGlobalOptions(program, host.env), work);
    });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exitCode = reportEarly(host, error, speaksJson);
  }
  return exitCode;
}

async function runWork(host: CliHost, options: GlobalOptions, work: CommandWork): Promise<ExitCode> {
  const output = new Output(host, options);
  const abort = new AbortController();
  const stopListening = host.onInterrupt(() => {
    if (abort.signal.aborted) {
      output.stopProgress();
      host.exitNow(exitCodeOf('job.cancelled'));
    }
    abort.abort(new TidemarkError('job.cancelled', {}));
    output.stopProgress();
    if (!options.json) output.complain('Stopping. Press Ctrl-C again to stop at once.');
  });
  try {
    const exitCode = (await work(createSession(host, options, output, abort.signal))) ?? EXIT_DONE;
    output.stopProgress();
    await output.flush();
    return output.isBroken ? EXIT_FAILED : exitCode;
  } catch (error) {
    output.stopProgress();
    await output.flush();
    // Whoever read the output has gone on purpose: nobody is there to be told.
    if (output.isBroken && isTidemarkError(error, 'job.cancelled')) return EXIT_FAILED;
    return report(host, output, error);
  } finally {
    stopListening();
  }
}

function report(host: CliHost, output: Output, error: unknown): ExitCode {
  const { exitCode, message } = describe(error);
  if (output.options.json) output.jsonComplaint(exitMessage(exitCode, message));
  else output.complain(message);
  if (isDebugging(host)) output.complain(String(error instanceof Error ? error.stack : error));
  return exitCode;
}

function describe(error: unknown): { exitCode: ExitCode; message: string } {
  if (isTidemarkError(error)) {
    return { exitCode: exitCodeOf(error.code), message: errorSentence(error, COMMAND_LINE_WORDS) };
  }
  return { exitCode: EXIT_FAILED, message: UNEXPECTED };
}

export const UNEXPECTED =
  'An unexpected error in Tidemark itself stopped this. What was saved before is safe. Please report it, with what TIDEMARK_DEBUG=1 prints.';

export function isDebugging(host: CliHost): boolean {
  return (host.env['TIDEMARK_DEBUG'] ?? '') !== '';
}

/** Errors in the arguments, and help, which commander throws too. */
function reportEarly(host: CliHost, error: unknown, speaksJson: boolean): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT_DONE;
  const output = new Output(host, { json: speaksJson, quiet: false, verbosity: 0 });
  if (!(error instanceof CommanderError)) return report(host, output, error);
  const message = toDisplay(error.message as ByteString).replace(/^error: /, '');
  const isHelp = error.code === 'commander.help';
  const sentence = isHelp
    ? 'Name a command. See "tidemark --help".'
    : `${message.charAt(0).toUpperCase()}${message.slice(1)}. See "tidemark --help".`;
  if (speaksJson) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else if (!isHelp) output.complain(sentence);
  return EXIT_FAILED;
}

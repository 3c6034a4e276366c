/** `tidemark restore`: options to a request, events to lines. */
import { Option, type Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_FAILED } from '#contract/exit-codes.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { RestoreInput, RestoreResult } from '../calls/restore.ts';
import { exitMessage } from '../exit-message.ts';
import { formatBytes, formatCount, formatDuration, formatName } from '../format-values.ts';
import {
  asChoice,
  asText,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';
import { definePatternOptions, readPatterns, type PatternFlags } from '../pattern-options.ts';
import {
  restoreItemJson,
  restoreProblemJson,
  restoreStatusJson,
  restoreSummaryJson,
} from '../restore-json.ts';

interface RestoreFlags extends PatternFlags, FilterFlags {
  readonly target?: string;
  readonly overwrite?: string;
  readonly sparse?: boolean;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
}

const OVERWRITE_RULES = ['always', 'if-changed', 'if-newer', 'never'] as const;

export function defineRestore(command: Command, run: RunCommand): void {
  command
    .argument('<snapshot>', 'an id, its beginning, or latest; ID:/folder restores what is below that folder')
    .option('-t, --target <folder>', 'folder to restore into; full paths are made below it');
  definePatternOptions(command, 'include');
  definePatternOptions(command, 'exclude');
  defineFilterOptions(command)
    .option('--overwrite <rule>', `for files that are there already: ${OVERWRITE_RULES.join(', ')}`)
    .option('--no-sparse', 'write long runs of zeros instead of leaving holes')
    .option('--no-verify', 'do not read back what was written')
    .addOption(new Option('--sparse').hideHelp())
    .addOption(new Option('--verify').hideHelp())
    .option('-n, --dry-run', 'show what would be done')
    .addHelpText('after', example('tidemark -r /mnt/backup restore latest --target ~/restored'))
    .action((snapshot: string, flags: RestoreFlags) =>
      run(async (session) => {
        const input = await readInput(asText(snapshot), flags, session);
        return runRestore(session, input);
      }),
    );
}

async function readInput(
  snapshot: string,
  flags: RestoreFlags,
  { host }: CommandSession,
): Promise<RestoreInput> {
  const include = await readPatterns(flags, 'include', host.env);
  const exclude = await readPatterns(flags, 'exclude', host.env);
  if (flags.target === undefined || flags.target === '') {
    throw new TidemarkError('request.invalidInput', {
      what: 'no folder to restore into is named',
      reason: 'name it with --target',
    });
  }
  if (include !== undefined && exclude !== undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: 'both include and exclude patterns are given',
      reason: 'use one kind',
    });
  }
  return {
    snapshot,
    filter: readFilter(flags),
    target: flags.target as ByteString,
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(flags.overwrite === undefined
      ? {}
      : { overwrite: asChoice('--overwrite', flags.overwrite, OVERWRITE_RULES) }),
    sparse: flags.sparse !== false,
    verify: flags.verify !== false,
    dryRun: flags.dryRun === true,
  };
}

async function runRestore(session: CommandSession, input: RestoreInput) {
  const { options, output, context, host } = session;
  const access = await session.access();
  const calls = await session.engine();
  const startedMs = host.monotonicMs();
  const result = await calls.restore(
    access,
    input,
    {
      onProgress: (progress) =>
        output.progress(
          {
            filesDone: progress.filesRestored + progress.filesSkipped,
            totalFiles: progress.totalFiles,
            bytesDone: progress.bytesRestored + progress.bytesSkipped,
            totalBytes: progress.totalBytes,
          },
          () => restoreStatusJson(progress, (host.monotonicMs() - startedMs) / 1000),
        ),
      onProblem: (problem) => {
        if (options.json) output.jsonComplaint(restoreProblemJson(problem));
        else output.complain(`Not restored: ${formatName(toDisplay(problem.path))} (${problem.reason})`);
      },
      onWarning: (problem) => {
        if (!options.json)
          output.complain(
            `Restored, but not all of it: ${formatName(toDisplay(problem.path))} (${problem.reason})`,
          );
      },
      onItem: (item) => {
        if (options.json && options.verbosity >= 2) output.json(restoreItemJson(item));
        output.detail(2, `${item.action.padEnd(9)} ${formatName(toDisplay(item.path))}`);
      },
    },
    context,
  );
  output.stopProgress();
  output.json(restoreSummaryJson(result.progress, result.seconds));
  output.say(summaryLine(result, input));
  if (result.problems === 0) return;
  const sentence = `${formatCount(result.problems, 'file')} could not be restored; everything else is in ${formatName(toDisplay(input.target))}. Look at the list above, then restore those again.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

function summaryLine({ progress, seconds, snapshotId }: RestoreResult, input: RestoreInput): string {
  const what = `${formatCount(progress.filesRestored, 'file or folder', 'files and folders')}, ${formatBytes(progress.bytesRestored)}`;
  const skipped = progress.filesSkipped > 0 ? ` ${progress.filesSkipped} were left as they are.` : '';
  if (input.dryRun) return `Would restore ${what}. Nothing was written.${skipped}`;
  const where = formatName(toDisplay(input.target));
  return `Restored ${what}, of snapshot ${snapshotId.slice(0, 8)} into ${where} in ${formatDuration(seconds)}.${skipped}`;
}

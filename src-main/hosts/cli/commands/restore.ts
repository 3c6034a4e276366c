/** `tidemark restore`: options to a request, events to lines. */
import { Option, type Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_FAILED } from '#contract/exit-codes.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type {
  OverwriteRule,
  RestoreInput,
  RestoreItem,
  RestoreResult,
  RestoreRoom,
} from '../calls/restore.ts';
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
  readonly inPlace?: boolean;
  readonly delete?: boolean;
  readonly spaceCheck?: boolean;
}

/** Those of restic, which keep nothing of what they replace, and ours, which do. */
const RESTIC_RULES = ['always', 'if-changed', 'if-newer', 'never'] as const;
const UNDOABLE_RULES = ['replace-keep-current', 'keep-both', 'only-missing', 'only-older', 'exact'] as const;
const OVERWRITE_RULES = [...UNDOABLE_RULES, ...RESTIC_RULES] as const;

const RULES_HELP = `
Rules that can be taken back with "tidemark undo", for 30 days:
  replace-keep-current  replace, and keep what is there now (the rule of --in-place)
  keep-both             give the restored file a name of its own
  only-missing          leave alone what is there
  only-older            replace only what is older than in the snapshot, and keep it
  exact                 as replace-keep-current, and take away what the snapshot does not have
Rules of restic, which keep nothing: always, if-changed, if-newer, never.
Without a rule nothing is replaced.
`;

export function defineRestore(command: Command, run: RunCommand): void {
  command
    .argument('<snapshot>', 'an id, its beginning, or latest; ID:/folder restores what is below that folder')
    .option('-t, --target <folder>', 'folder to restore into; full paths are made below it');
  command.option('--in-place', 'put everything back to where it came from');
  definePatternOptions(command, 'include');
  definePatternOptions(command, 'exclude');
  defineFilterOptions(command)
    .option('--overwrite <rule>', `for files that are there already: ${OVERWRITE_RULES.join(', ')}`)
    .option('--delete', 'also take away what the snapshot does not have (kept, as by the rule exact)')
    .option('--no-space-check', 'begin even if there seems to be too little room')
    .option('--no-sparse', 'write long runs of zeros instead of leaving holes')
    .option('--no-verify', 'do not read back what was written')
    .addOption(new Option('--sparse').hideHelp())
    .addOption(new Option('--verify').hideHelp())
    .option('-n, --dry-run', 'show what would be done')
    .addHelpText('after', RULES_HELP)
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
  const isInPlace = flags.inPlace === true;
  if (isInPlace && flags.target !== undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: 'both --target and --in-place are given',
      reason: 'use one of the two',
    });
  }
  if (!isInPlace && (flags.target === undefined || flags.target === '')) {
    throw new TidemarkError('request.invalidInput', {
      what: 'no folder to restore into is named',
      reason: 'name it with --target, or put everything back to where it came from with --in-place',
    });
  }
  const overwrite =
    flags.overwrite === undefined
      ? defaultRule(isInPlace, flags)
      : asChoice('--overwrite', flags.overwrite, OVERWRITE_RULES);
  if (include !== undefined && exclude !== undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: 'both include and exclude patterns are given',
      reason: 'use one kind',
    });
  }
  return {
    snapshot,
    filter: readFilter(flags),
    ...(flags.target === undefined ? {} : { target: flags.target as ByteString }),
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(overwrite === undefined ? {} : { overwrite }),
    removeOthers: flags.delete === true,
    ignoreSpace: flags.spaceCheck === false,
    sparse: flags.sparse !== false,
    verify: flags.verify !== false,
    dryRun: flags.dryRun === true,
  };
}

/** Undefined: refuse. */
function defaultRule(isInPlace: boolean, flags: RestoreFlags): OverwriteRule | undefined {
  if (flags.delete === true) return 'exact';
  return isInPlace ? 'replace-keep-current' : undefined;
}

async function runRestore(session: CommandSession, input: RestoreInput) {
  const { options, output, context, host } = session;
  const access = await session.access();
  const calls = await session.engine();
  const startedMs = host.monotonicMs();
  let undoLine: string | undefined;
  const work = calls.restore(
    access,
    input,
    {
      onUndoable: (target, undoId) => (undoLine = undoLineFor(target, undoId)),
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
        const isPlanned = input.dryRun && isChange(item);
        if (isPlanned || options.verbosity >= 2) output.json(restoreItemJson(item));
        const line = `${item.action.padEnd(9)} ${formatName(toDisplay(item.path))}`;
        if (isPlanned) output.say(line);
        else output.detail(2, line);
      },
    },
    context,
  );
  const result = await work.catch((error: unknown) => {
    output.stopProgress();
    if (undoLine !== undefined && !options.json) output.complain(undoLine);
    throw error;
  });
  output.stopProgress();
  output.json(restoreSummaryJson(result));
  output.say(summaryLine(result, input));
  if (result.room !== undefined) output.say(roomLine(result.room));
  if (result.undoId !== undefined) output.say(undoLineFor(result.target, result.undoId));
  if (result.problems === 0) return;
  const sentence = `${formatCount(result.problems, 'file')} could not be restored; everything else is in ${formatName(toDisplay(result.target))}. Look at the list above, then restore those again.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

/** A dry run names what would change. */
function isChange({ action, isDir }: RestoreItem): boolean {
  return action === 'deleted' || action === 'restored' || (action === 'updated' && !isDir);
}

function summaryLine(result: RestoreResult, input: RestoreInput): string {
  const { progress, seconds, snapshotId, filesUpdated, filesRemoved } = result;
  const what = `${formatCount(progress.filesRestored, 'file or folder', 'files and folders')}, ${formatBytes(progress.bytesRestored)}`;
  const replaced = filesUpdated > 0 ? ` ${filesUpdated} of them in the place of another.` : '';
  const removed =
    filesRemoved > 0 ? ` ${filesRemoved} that the snapshot does not have ${taken(filesRemoved, input)}.` : '';
  const skipped = progress.filesSkipped > 0 ? ` ${left(progress.filesSkipped)}.` : '';
  const rest = `${replaced}${removed}${skipped}`;
  const where = formatName(toDisplay(result.target));
  if (input.dryRun) return `Would restore ${what} into ${where}.${rest} Nothing was written.`;
  return `Restored ${what}, of snapshot ${snapshotId.slice(0, 8)} into ${where} in ${formatDuration(seconds)}.${rest}`;
}

function left(count: number): string {
  return count === 1 ? '1 was left as it is' : `${count} were left as they are`;
}

function taken(count: number, { dryRun }: RestoreInput): string {
  if (dryRun) return 'would be taken away and kept';
  return count === 1 ? 'was taken away and is kept' : 'were taken away and are kept';
}

function roomLine({ neededBytes, freeBytes }: RestoreRoom): string {
  const needed = `Space needed: ${formatBytes(neededBytes)}`;
  return freeBytes === undefined ? `${needed}.` : `${needed} of ${formatBytes(freeBytes)} free.`;
}

function undoLineFor(target: ByteString, undoId: string): string {
  return `To take it back within 30 days: tidemark undo --target ${quoted(target)} ${undoId}`;
}

/** For a shell; a name with anything unusual in it stands in quotes. */
function quoted(path: ByteString): string {
  const text = formatName(toDisplay(path));
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

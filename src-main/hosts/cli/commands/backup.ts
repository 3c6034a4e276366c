/** `tidemark backup`: options to a request, events to lines. */
import type { Command } from 'commander';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_DONE, EXIT_INCOMPLETE, type ExitCode } from '#contract/exit-codes.ts';
import { parseSizeText } from '#rules/size-text.ts';
import { CACHE_FOLDER_TAG, parseFolderTag } from '#rules/tagged-exclude.ts';
import {
  backupItemJson,
  backupItemProblemJson,
  backupScanJson,
  backupStatusJson,
  backupSummaryJson,
} from '../backup-json.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { RepositoryAccess } from '../calls/access.ts';
import type { BackupHandlers, BackupInput, BackupResult, UnreadItem, WalkReason } from '../calls/backup.ts';
import { readChangedPaths } from '../changed-paths.ts';
import { exitMessage } from '../exit-message.ts';
import { formatBytes, formatCount, formatDuration, formatName } from '../format-values.ts';
import { parseLocalTime } from '../local-time.ts';
import { asChoice, asText, asTexts, collect, example } from '../option-values.ts';
import { definePatternOptions, readPatterns, type PatternFlags } from '../pattern-options.ts';
import { backupToPlaces, type Saved } from './backup-places.ts';
import { defineSourceLists, readSourceLists, type SourceListFlags } from '../source-lists.ts';

interface BackupFlags extends PatternFlags, SourceListFlags {
  readonly excludeCaches?: boolean;
  readonly excludeIfPresent?: string[];
  readonly excludeLargerThan?: string;
  readonly oneFileSystem?: boolean;
  readonly tag?: string[];
  readonly host?: string;
  readonly time?: string;
  readonly parent?: string;
  readonly changedPathsFrom?: string;
  readonly force?: boolean;
  readonly ignoreInode?: boolean;
  readonly ignoreCtime?: boolean;
  readonly withAtime?: boolean;
  readonly dryRun?: boolean;
  readonly skipIfUnchanged?: boolean;
  readonly allowEmpty?: boolean;
  readonly compression: string;
}

export function defineBackup(command: Command, run: RunCommand): void {
  command.argument('[path...]', 'files and folders to save');
  defineSourceLists(definePatternOptions(command, 'exclude'))
    .option('--exclude-caches', 'leave out the contents of folders with a CACHEDIR.TAG')
    .option(
      '--exclude-if-present <name[:header]>',
      'leave out the contents of folders with such a file',
      collect,
    )
    .option('--exclude-larger-than <size>', 'leave out larger files (500M, 2G)')
    .option('-x, --one-file-system', 'do not enter other file systems')
    .option('--tag <tag[,tag]>', 'tags of the new snapshot (repeatable)', collect)
    .option('-H, --host <name>', 'host name of the new snapshot')
    .option('--time <time>', 'time of the new snapshot, such as "2026-11-22 09:55:17"')
    .option('--parent <snapshot>', 'compare with this snapshot')
    .option('-f, --force', 'read every file again')
    .option(
      '--changed-paths-from <file>',
      'look only at the paths in this list, one a line or with NUL between them (- is stdin), and take all else from the snapshot before',
    )
    .option('--ignore-inode', 'a changed inode or ctime alone is no change')
    .option('--ignore-ctime', 'a changed ctime alone is no change')
    .option('--with-atime', 'store access times')
    .option('-n, --dry-run', 'show what would be done')
    .option('--skip-if-unchanged', 'make no snapshot that equals the one before')
    .option('--allow-empty', 'store a folder that is empty now but was not before')
    .option('--compression <mode>', 'auto, off or max', 'auto')
    .addHelpText('after', example('tidemark -r /mnt/backup backup ~/Documents --exclude "*.tmp"'))
    .addHelpText('after', example('tidemark -r /mnt/backup -r /mnt/second backup ~/Documents'))
    .action((paths: string[], flags: BackupFlags) =>
      run(async (session) => {
        const { sources, isComplete } = readSources(paths as ByteString[], flags, session);
        const input = await readInput(sources, flags, session);
        const exitCode = await backupEverywhere(session, input);
        return isComplete ? exitCode : EXIT_INCOMPLETE;
      }),
    );
}

/** Those of lists first. What a list names and is not there is told and makes the backup incomplete. */
function readSources(
  paths: readonly ByteString[],
  flags: BackupFlags,
  { options, output }: CommandSession,
): { readonly sources: readonly ByteString[]; readonly isComplete: boolean } {
  const { sources, missing } = readSourceLists(flags);
  const all = [...sources, ...paths];
  if (all.length === 0) {
    throw new TidemarkError('request.invalidInput', {
      what:
        missing.length > 0
          ? 'nothing of what the lists name is there'
          : 'nothing is named that should be saved',
      reason: 'name files or folders, or a list of them with --files-from',
    });
  }
  for (const path of missing) {
    const problem = { path, reason: 'it is not there', keptPrevious: false };
    if (options.json) output.jsonComplaint(backupItemProblemJson(problem));
    else output.complain(`Not saved: ${formatName(toDisplay(path))} (${problem.reason})`);
  }
  return { sources: all, isComplete: missing.length === 0 };
}

async function readInput(
  sources: readonly ByteString[],
  flags: BackupFlags,
  { host }: CommandSession,
): Promise<BackupInput> {
  if (flags.force === true && flags.changedPathsFrom !== undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: '--force and --changed-paths-from are given',
      reason: 'use one of them',
    });
  }
  const exclude = (await readPatterns(flags, 'exclude', host.env)) ?? { patterns: [] };
  const tags = (flags.excludeIfPresent ?? []).map((text) => parseFolderTag(text as ByteString));
  return {
    sources,
    exclude,
    folderTags: flags.excludeCaches === true ? [...tags, CACHE_FOLDER_TAG] : tags,
    ...(flags.excludeLargerThan === undefined
      ? {}
      : { excludeLargerThanBytes: Number(parseSizeText(asText(flags.excludeLargerThan))) }),
    oneFileSystem: flags.oneFileSystem === true,
    tags: asTexts(flags.tag).flatMap((list) => list.split(',').filter((tag) => tag !== '')),
    ...(flags.host === undefined ? {} : { hostname: asText(flags.host) }),
    ...(flags.time === undefined ? {} : { timeMs: parseLocalTime(asText(flags.time)) }),
    ...(flags.parent === undefined ? {} : { parent: asText(flags.parent) }),
    ...(flags.changedPathsFrom === undefined
      ? {}
      : { changedPaths: await readChangedPaths(flags.changedPathsFrom, host.stdin) }),
    force: flags.force === true,
    ignoreInode: flags.ignoreInode === true,
    // As in restic: where inodes cannot be trusted, ctimes cannot either.
    ignoreCtime: flags.ignoreCtime === true || flags.ignoreInode === true,
    withAtime: flags.withAtime === true,
    dryRun: flags.dryRun === true,
    skipIfUnchanged: flags.skipIfUnchanged === true,
    allowEmpty: flags.allowEmpty === true,
    compression: asChoice('--compression', flags.compression, ['auto', 'off', 'max']),
  };
}

async function backupEverywhere(session: CommandSession, input: BackupInput): Promise<ExitCode> {
  const accesses = await session.accesses();
  const backup = (access: RepositoryAccess): Promise<Saved> => runBackup(session, access, input);
  if (accesses.length === 1) return (await backup(accesses[0])).exitCode;
  return backupToPlaces(session, input, accesses, backup);
}

async function runBackup(
  session: CommandSession,
  access: RepositoryAccess,
  input: BackupInput,
): Promise<Saved> {
  const { options, output, context, host } = session;
  const calls = await session.engine();
  const startedMs = host.monotonicMs();
  const result = await calls.backup(
    access,
    input,
    {
      ...progressHandler(session, startedMs),
      onProblem: (problem) => {
        if (options.json) output.jsonComplaint(backupItemProblemJson(problem));
        else output.complain(unreadLine(problem));
      },
      onWarning: (problem) => {
        if (!options.json)
          output.complain(`Note: ${formatName(toDisplay(problem.path))}: ${problem.reason}.`);
      },
      ...itemHandler(session, startedMs),
    },
    context,
  );
  output.stopProgress();
  output.json(backupSummaryJson(result, input.dryRun));
  for (const line of summaryLines(result, input.dryRun)) output.say(line);
  const { snapshotId } = result;
  if (result.problems === 0) return { exitCode: EXIT_DONE, snapshotId };
  const sentence = incompleteSentence(result);
  if (options.json) output.jsonComplaint(exitMessage(EXIT_INCOMPLETE, sentence));
  else output.complain(sentence);
  return { exitCode: EXIT_INCOMPLETE, snapshotId };
}

function unreadLine({ path, reason, keptPrevious }: UnreadItem): string {
  const kept = keptPrevious ? '; kept as in the snapshot before' : '';
  return `Not read: ${formatName(toDisplay(path))} (${reason}${kept})`;
}

function incompleteSentence({ problems, diskProblems }: BackupResult): string {
  const unread = `${formatCount(problems, 'file or folder', 'files or folders')} could not be read; everything else is saved. The list above says why; they are saved as soon as they can be read.`;
  if (diskProblems === 0) return unread;
  return `${unread} A disk reported errors and may be failing: copy what matters from it to another disk soon, and keep older snapshots.`;
}

function progressHandler(
  { output, host }: CommandSession,
  startedMs: number,
): Pick<BackupHandlers, 'onProgress'> {
  if (!output.showsProgress) return {};
  return {
    onProgress: (progress) =>
      output.progress({ ...progress, current: lastName(progress.current) }, () =>
        backupStatusJson(progress, (host.monotonicMs() - startedMs) / 1000),
      ),
  };
}

/** Listening to every entry keeps the engine from passing over unchanged folders: only when somebody reads it. */
function itemHandler(
  { options, output, host }: CommandSession,
  startedMs: number,
): Pick<BackupHandlers, 'onItem' | 'onCounted'> {
  if (options.verbosity < (options.json ? 1 : 2)) return {};
  return {
    onItem: (item) => {
      if (options.json) output.json(backupItemJson(item));
      const path = formatName(toDisplay(item.path)) + (item.isDir ? '/' : '');
      output.detail(2, `${item.action.padEnd(9)} ${path}`);
    },
    onCounted: (files, bytes) =>
      output.json(backupScanJson(files, bytes, (host.monotonicMs() - startedMs) / 1000)),
  };
}

function lastName(current: readonly ByteString[]): string | undefined {
  const path = current.at(-1);
  return path === undefined ? undefined : formatName(toDisplay(path ?? textToByteString('')));
}

function summaryLines(result: BackupResult, dryRun: boolean): string[] {
  const { summary } = result;
  const counts = (added: number, changed: number, same: number): string =>
    `${added} new, ${changed} changed, ${same} unchanged`;
  return [
    `Files:   ${counts(summary.filesNew, summary.filesChanged, summary.filesUnmodified)}`,
    `Folders: ${counts(summary.dirsNew, summary.dirsChanged, summary.dirsUnmodified)}`,
    `${dryRun ? 'Would add' : 'Added'}:   ${formatBytes(summary.dataAdded)} (${formatBytes(summary.dataAddedPacked)} stored)`,
    ...lookedAtLines(result),
    ...(dryRun ? ['Nothing was written.'] : [savedLine(result)]),
  ];
}

const WALK_REASONS: Record<WalkReason, string> = {
  doubt: 'something may be missing in it',
  noParent: 'there is no earlier snapshot of these folders to take the rest from',
  otherParent: 'it does not begin with the snapshot before',
  otherProgram: 'the snapshot before was made by another program, another version or another user',
  rewritten: 'the snapshot before was altered after it was made',
  otherSources: 'the snapshot before is of other folders or of another host',
  otherExcludes: 'the snapshot before was made under other rules of what is left out',
};

function lookedAtLines({ changedPaths, summary, parentId, seconds }: BackupResult): string[] {
  const all = `${formatCount(summary.totalFilesProcessed, 'file')}, ${formatBytes(summary.totalBytesProcessed)}`;
  const duration = formatDuration(seconds);
  if (changedPaths?.kind !== 'followed') {
    const walked = `Looked at ${all}, in ${duration}.`;
    if (changedPaths === undefined) return [walked];
    return [`The list of changed paths was not used: ${WALK_REASONS[changedPaths.reason]}.`, walked];
  }
  const { pathCount, outsideCount } = changedPaths;
  const outside = outsideCount === 0 ? '' : ` (${String(outsideCount)} outside what is saved)`;
  return [
    `Looked only at ${formatCount(pathCount, 'changed path')}${outside}, in ${duration}; all else is taken from snapshot ${parentId?.slice(0, 8) ?? ''}.`,
    `That makes ${all}.`,
  ];
}

function savedLine(result: BackupResult): string {
  return result.snapshotId === undefined
    ? 'Nothing has changed; no snapshot was made.'
    : `Snapshot ${result.snapshotId.slice(0, 8)} is saved.`;
}

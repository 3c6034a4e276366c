/** `tidemark rewrite`: leaves files out of snapshots that exist, and changes their host or time. */
import type { Command } from 'commander';
import { toDisplay } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_FAILED } from '#contract/exit-codes.ts';
import type { RewriteHandlers, RewriteInput, RewriteResult, RewrittenItem } from '../calls/rewrite.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { exitMessage } from '../exit-message.ts';
import { formatBytes, formatCount, formatName } from '../format-values.ts';
import { parseLocalTime } from '../local-time.ts';
import {
  asText,
  asTexts,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';
import { definePatternOptions, readPatterns, type PatternFlags } from '../pattern-options.ts';

interface RewriteFlags extends FilterFlags, PatternFlags {
  readonly forget?: boolean;
  readonly newHost?: string;
  readonly newTime?: string;
  readonly snapshotSummary?: boolean;
  readonly dryRun?: boolean;
}

export function defineRewrite(command: Command, run: RunCommand): void {
  command.argument('[id...]', 'only these snapshots; an id, its beginning, or latest');
  definePatternOptions(command, 'exclude');
  defineFilterOptions(command)
    .option('--forget', 'remove the old snapshots once the new ones are stored')
    .option('--new-host <name>', 'give the snapshots this host name')
    .option('--new-time <time>', 'give them this time, such as "2026-11-22 09:55:17"')
    .option('-s, --snapshot-summary', 'count files and bytes of snapshots that have no counts')
    .option('-n, --dry-run', 'show what would be done')
    .addHelpText(
      'after',
      `\nThe data that is left out stays in the repository until a prune.\n${example(
        'tidemark -r /mnt/backup rewrite --exclude /home/me/secret --forget --dry-run',
      )}`,
    )
    .action((ids: string[], flags: RewriteFlags) =>
      run(async (session) => runRewrite(session, await readInput(ids, flags, session))),
    );
}

async function readInput(
  ids: readonly string[],
  flags: RewriteFlags,
  { host }: CommandSession,
): Promise<RewriteInput> {
  const exclude = await readPatterns(flags, 'exclude', host.env);
  const input: RewriteInput = {
    ids: asTexts(ids),
    filter: readFilter(flags),
    ...(exclude === undefined ? {} : { exclude }),
    forget: flags.forget === true,
    ...(flags.newHost === undefined ? {} : { newHost: asText(flags.newHost) }),
    ...(flags.newTime === undefined ? {} : { newTimeMs: parseLocalTime(asText(flags.newTime)) }),
    addSummary: flags.snapshotSummary === true,
    dryRun: flags.dryRun === true,
  };
  const isSomething =
    exclude !== undefined || input.newHost !== undefined || input.newTimeMs !== undefined || input.addSummary;
  if (isSomething) return input;
  throw new TidemarkError('request.invalidInput', {
    what: 'nothing is named that is to change',
    reason: 'say what to leave out with --exclude, or give --new-host or --new-time',
  });
}

async function runRewrite(session: CommandSession, input: RewriteInput) {
  const { options, output, context } = session;
  const handlers: RewriteHandlers = {
    onProgress: (done, total) =>
      output.progress({ filesDone: done, totalFiles: total, bytesDone: 0, noun: 'snapshots' }),
    onExcluded: (path) => output.detail(1, `left out ${formatName(toDisplay(path))}`),
    onChanged: (item) => {
      output.say(changeLine(item, input));
      output.json(changeJson(item));
    },
    onProblem: (message, id) => {
      if (options.json)
        output.jsonComplaint({
          message_type: 'error',
          ...(id === undefined ? {} : { snapshot_id: id }),
          message,
        });
      else output.complain(id === undefined ? message : `Snapshot ${id.slice(0, 8)}: ${message}`);
    },
  };
  const access = await session.access();
  const calls = await session.engine();
  const result = await calls.rewrite(access, input, handlers, context);
  output.stopProgress();
  output.say(summaryLine(result, input));
  output.json({
    message_type: 'summary',
    changed_snapshots: result.changed,
    ...(input.dryRun ? { dry_run: true } : {}),
  });
  if (result.problems === 0) return;
  const sentence = `${formatCount(result.problems, 'snapshot')} could not be rewritten and ${result.problems === 1 ? 'is' : 'are'} as before.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

function changeLine({ oldId, newId, goneFiles, goneBytes }: RewrittenItem, input: RewriteInput): string {
  const old = `Snapshot ${oldId.slice(0, 8)}`;
  const gone =
    input.exclude === undefined
      ? ''
      : `, ${formatCount(goneFiles, 'file')} left out (${formatBytes(goneBytes)})`;
  if (newId === undefined)
    return `${old} would ${input.forget ? 'be replaced' : 'get a rewritten copy'}${gone}.`;
  return `${old} ${input.forget ? 'is replaced by' : 'has a rewritten copy'} ${newId.slice(0, 8)}${gone}.`;
}

function changeJson({
  oldId,
  newId,
  goneFiles,
  goneBytes,
}: RewrittenItem): Readonly<Record<string, unknown>> {
  return {
    message_type: newId === undefined ? 'would_change' : 'changed',
    old_snapshot_id: oldId,
    ...(newId === undefined ? {} : { new_snapshot_id: newId }),
    files_removed: goneFiles,
    bytes_removed: goneBytes,
  };
}

function summaryLine(
  { changed, unchanged }: RewriteResult,
  { dryRun, forget, exclude }: RewriteInput,
): string {
  const same = unchanged === 0 ? '' : ` ${unchanged} need no change.`;
  if (dryRun) return `${formatCount(changed, 'snapshot')} would change.${same} Nothing was written.`;
  if (changed === 0) return `No snapshot was changed.${same}`;
  const where = exclude === undefined ? '' : stillThere(forget);
  return `Rewrote ${formatCount(changed, 'snapshot')}.${same}${where}`;
}

function stillThere(forget: boolean): string {
  return forget
    ? ' What was left out is in the repository until a prune.'
    : ' The old ones are still there with everything; --forget removes them.';
}

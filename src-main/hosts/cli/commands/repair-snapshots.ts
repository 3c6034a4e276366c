/** `tidemark repair snapshots`: what is lost is looked for elsewhere, then taken out of the snapshots. */
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { EXIT_FAILED } from '#contract/exit-codes.ts';
import type {
  DamagedSnapshot,
  RepairSnapshotsHandlers,
  RepairSnapshotsInput,
  RepairSnapshotsResult,
  SnapshotLoss,
} from '../calls/repair-snapshots.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { exitMessage } from '../exit-message.ts';
import { formatBytes, formatCount, formatLocalTime, formatName } from '../format-values.ts';
import { defineFromOptions, namesSource, readSourceAccess, type FromFlags } from '../from-repository.ts';
import {
  asTexts,
  collect,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';
import type { Output } from '../output.ts';

interface RepairSnapshotsFlags extends FilterFlags, FromFlags {
  readonly forget?: boolean;
  readonly dryRun?: boolean;
  readonly fromFiles?: string[];
}

export function defineRepairSnapshots(command: Command, run: RunCommand): void {
  command
    .description('take what is lost out of snapshots, so that the rest can be used')
    .argument('[id...]', 'only these snapshots; an id, its beginning, or latest');
  defineFilterOptions(command)
    .option('--forget', 'remove the damaged snapshots once the repaired ones are stored')
    .option('-n, --dry-run', 'show what is damaged and what would be done')
    .option('--from-files <path>', 'look for lost content in these live files first (repeatable)', collect);
  defineFromOptions(command, 'in which to look for lost content first')
    .addHelpText(
      'after',
      `\nIt goes by the index: when that is damaged run "tidemark repair index" first, and "tidemark repair packs"\nfor packs that "tidemark check --read-data" names.\n${example(
        'tidemark -r /mnt/backup repair snapshots --from-files ~/Documents --dry-run',
      )}`,
    )
    .action((ids: string[], flags: RepairSnapshotsFlags) =>
      run(async (session) => {
        // First the own password, so that two prompts come in the order people expect.
        const access = await session.access();
        const input = await readInput(session, ids, flags);
        const result = await (
          await session.engine()
        ).repairSnapshots(access, input, createHandlers(session.output, input), session.context);
        session.output.stopProgress();
        return tellResult(session, input, result);
      }),
    );
}

async function readInput(
  session: CommandSession,
  ids: readonly string[],
  flags: RepairSnapshotsFlags,
): Promise<RepairSnapshotsInput> {
  return {
    ids: asTexts(ids),
    filter: readFilter(flags),
    forget: flags.forget === true,
    dryRun: flags.dryRun === true,
    fromFiles: (flags.fromFiles ?? []) as ByteString[],
    ...(namesSource(flags) ? { fromRepository: await readSourceAccess(session, flags) } : {}),
  };
}

function createHandlers(output: Output, input: RepairSnapshotsInput): RepairSnapshotsHandlers {
  return {
    onProgress: (stage, done, total) =>
      output.progress({
        filesDone: done,
        totalFiles: total,
        bytesDone: 0,
        noun: stage === 'healing' ? 'lost pieces found' : 'snapshots',
      }),
    onDamaged: (snapshot) => {
      for (const line of damageLines(snapshot)) output.say(line);
      for (const loss of snapshot.losses) output.json(lossJson(snapshot, loss));
      const changes = input.forget || !snapshot.isLost;
      if (input.dryRun && changes)
        output.json({ message_type: 'would_change', old_snapshot_id: snapshot.id });
    },
    onRepaired: ({ oldId, newId, isRemoved }) => {
      output.say(repairedLine(oldId, newId, isRemoved));
      output.json({
        message_type: 'changed',
        old_snapshot_id: oldId,
        ...(newId === undefined ? {} : { new_snapshot_id: newId }),
        removed_old: isRemoved,
      });
    },
    onProblem: (message, id) => {
      if (output.options.json)
        output.jsonComplaint({
          message_type: 'error',
          ...(id === undefined ? {} : { snapshot_id: id }),
          message,
        });
      else output.complain(id === undefined ? message : `Snapshot ${id.slice(0, 8)}: ${message}`);
    },
    onFileProblem: ({ path, reason }) => {
      if (!output.options.json) output.complain(`Not read: ${formatName(toDisplay(path))} (${reason})`);
    },
  };
}

const LOSS_WORDS: Record<SnapshotLoss['kind'], string> = {
  fileEmptied: 'emptied',
  fileShortened: 'shortened',
  sizeCorrected: 'size corrected',
  folderEmptied: 'folder emptied',
  entryRemoved: 'removed',
};

function damageLines({ id, time, isLost, losses, lossCount }: DamagedSnapshot): string[] {
  const title = `Snapshot ${id.slice(0, 8)} of ${formatLocalTime(time)}`;
  if (isLost) return [`${title}: nothing of it can be read.`];
  const lines = losses.map(({ path, kind, lostBytes }) => {
    const lost = lostBytes > 0 ? ` (${formatBytes(lostBytes)} lost)` : '';
    return `  ${LOSS_WORDS[kind].padEnd(14)}  ${formatName(toDisplay(path))}${lost}`;
  });
  const more = lossCount > losses.length ? [`  and ${lossCount - losses.length} more`] : [];
  return [`${title}:`, ...lines, ...more];
}

function lossJson({ id }: DamagedSnapshot, { path, kind, lostBytes }: SnapshotLoss) {
  return {
    message_type: 'damage',
    snapshot_id: id,
    path: toDisplay(path),
    kind,
    ...(lostBytes < 0 ? {} : { lost_bytes: lostBytes }),
  };
}

function repairedLine(oldId: string, newId: string | undefined, isRemoved: boolean): string {
  const old = `Snapshot ${oldId.slice(0, 8)}`;
  if (newId !== undefined) {
    return `${old} ${isRemoved ? 'is replaced by' : 'has a repaired copy'} ${newId.slice(0, 8)}.`;
  }
  return isRemoved ? `${old} is removed.` : `${old} is left as it is; --forget removes it.`;
}

function tellResult(
  { options, output }: CommandSession,
  input: RepairSnapshotsInput,
  result: RepairSnapshotsResult,
) {
  output.json({
    message_type: 'summary',
    changed_snapshots: changedCount(input, result),
    healed_blobs: result.healedBlobs,
    lost_blobs: result.lostBlobs,
    ...(input.dryRun ? { dry_run: true } : {}),
  });
  for (const line of summaryLines(input, result)) output.say(line);
  if (result.problems === 0) return;
  const sentence = `${formatCount(result.problems, 'snapshot')} could not be repaired and ${result.problems === 1 ? 'is' : 'are'} as before.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

/** Those of which nothing can be read only go. */
function changedCount({ forget }: RepairSnapshotsInput, { damaged, lost }: RepairSnapshotsResult): number {
  return forget ? damaged : damaged - lost;
}

function summaryLines(input: RepairSnapshotsInput, result: RepairSnapshotsResult): string[] {
  const { damaged, whole, healedBlobs, brokenPacks } = result;
  const changed = changedCount(input, result);
  const lines: string[] = [];
  if (healedBlobs > 0)
    lines.push(`${formatCount(healedBlobs, 'lost piece')} of data found elsewhere and put back.`);
  if (damaged === 0 && result.problems === 0)
    lines.push('No snapshot lacks anything; nothing had to be repaired.');
  else if (input.dryRun)
    lines.push(
      `${formatCount(changed, 'snapshot')} would change; ${whole} lack nothing. Nothing was written.`,
    );
  else lines.push(`Repaired ${formatCount(changed, 'snapshot')}; ${whole} lacked nothing.`);
  if (input.dryRun && damaged > 0 && (input.fromFiles.length > 0 || input.fromRepository !== undefined))
    lines.push('A dry run does not look elsewhere for what is lost.');
  if (brokenPacks > 0)
    lines.push(
      `${formatCount(brokenPacks, 'data file')} of the repository ${brokenPacks === 1 ? 'is' : 'are'} missing or cut short: run "tidemark repair index" too.`,
    );
  return lines;
}

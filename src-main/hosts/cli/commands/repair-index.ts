/** `tidemark repair index`: a new index from what the packs say of themselves. */
import type { Command } from 'commander';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { RepairIndexResult } from '../calls/repair-index.ts';
import { formatCount } from '../format-values.ts';
import { example } from '../option-values.ts';
import { lossAdvice } from '../repair-words.ts';

interface RepairIndexFlags {
  readonly readAllPacks?: boolean;
  readonly dryRun?: boolean;
}

export function defineRepairIndex(command: Command, run: RunCommand): void {
  command
    .description('make the index right again from the packs that are there')
    .option('--read-all-packs', 'hold every pack against the index, not only those that look wrong')
    .option('-n, --dry-run', 'show what would be done')
    .addHelpText('after', example('tidemark -r /mnt/backup repair index'))
    .action((flags: RepairIndexFlags) => run((session) => repairIndex(session, flags)));
}

async function repairIndex(session: CommandSession, flags: RepairIndexFlags): Promise<void> {
  const { output, context } = session;
  const dryRun = flags.dryRun === true;
  const access = await session.access();
  const calls = await session.engine();
  const result = await calls.repairIndex(
    access,
    { readAllPacks: flags.readAllPacks === true, dryRun },
    {
      onProgress: ({ noun, done, total }) =>
        output.progress({ filesDone: done, totalFiles: total, bytesDone: 0, noun }),
    },
    context,
  );
  output.stopProgress();
  output.json(repairIndexJson(result, dryRun));
  for (const line of repairIndexLines(result, dryRun)) output.say(line);
  if (output.options.json) return;
  for (const line of [...unreadableLines(result), ...lossAdvice(result)]) output.complain(line);
}

/** Of our own making: restic's command has no messages. */
export function repairIndexJson(
  result: RepairIndexResult,
  dryRun: boolean,
): Readonly<Record<string, unknown>> {
  return {
    message_type: 'summary',
    dry_run: dryRun,
    damaged_index_files: result.damagedIndexFiles,
    added_packs: result.addedPacks,
    corrected_packs: result.correctedPacks,
    missing_packs: result.missingPacks,
    unreadable_packs: result.unreadablePacks,
    saved_index_files: result.savedIndexFiles,
    removed_index_files: result.removedIndexFiles,
    lost_paths: result.lossCount,
    losses: result.losses,
  };
}

export function repairIndexLines(result: RepairIndexResult, dryRun: boolean): string[] {
  const { damagedIndexFiles, addedPacks, correctedPacks, missingPacks } = result;
  const changes = [
    [damagedIndexFiles.length, 'damaged index file', dryRun ? 'would be replaced' : 'replaced'],
    [addedPacks.length, 'forgotten pack', dryRun ? 'would be listed again' : 'listed again'],
    [correctedPacks.length, 'wrongly listed pack', dryRun ? 'would be corrected' : 'corrected'],
    [missingPacks.length, 'missing pack', dryRun ? 'would be taken off the index' : 'taken off the index'],
  ] as const;
  const lines = changes
    .filter(([count]) => count > 0)
    .map(([count, noun, done]) => `${formatCount(count, noun)} ${done}.`);
  if (lines.length === 0) lines.push('The index is in order; nothing had to be changed.');
  else if (dryRun) lines.push('Nothing was written.');
  else lines.push('The index is in order again.');
  return lines;
}

function unreadableLines({ unreadablePacks }: RepairIndexResult): string[] {
  if (unreadablePacks.length === 0) return [];
  const shortIds = unreadablePacks.map((id) => id.slice(0, 8)).join(' ');
  return [
    `${formatCount(unreadablePacks.length, 'pack')} cannot be read and was left alone. To save what is good in it: tidemark repair packs ${shortIds}`,
  ];
}

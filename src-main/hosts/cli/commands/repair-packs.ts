/** `tidemark repair packs`: saves what is good in damaged packs and removes them. */
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { RepairPacksResult } from '../calls/repair-packs.ts';
import { formatCount, formatName } from '../format-values.ts';
import { defineFromOptions, namesSource, readSourceAccess, type FromFlags } from '../from-repository.ts';
import { asTexts, collect, example } from '../option-values.ts';
import { lossAdvice } from '../repair-words.ts';

interface RepairPacksFlags extends FromFlags {
  readonly dryRun?: boolean;
  readonly fromFiles?: string[];
}

export function defineRepairPacks(command: Command, run: RunCommand): void {
  command
    .description('save what is good in damaged packs, and remove them')
    .argument('[pack...]', 'the packs that "tidemark check" names; ids or their beginnings')
    .option('-n, --dry-run', 'show what would be done')
    .option('--from-files <path>', 'look for lost content in these live files (repeatable)', collect);
  defineFromOptions(command, 'in which to look for lost content')
    .addHelpText('after', '\nA copy of each damaged pack is kept in the current folder first.')
    .addHelpText('after', example('tidemark -r /mnt/backup repair packs 59d3fa3b'))
    .action((packs: string[], flags: RepairPacksFlags) =>
      run((session) => repairPacks(session, asTexts(packs), flags)),
    );
}

async function repairPacks(
  session: CommandSession,
  packs: readonly string[],
  flags: RepairPacksFlags,
): Promise<void> {
  const { output, context } = session;
  if (packs.length === 0) {
    throw new TidemarkError('request.invalidInput', {
      what: 'no pack is named',
      reason: '"tidemark check --read-data" says which ones are damaged',
    });
  }
  const dryRun = flags.dryRun === true;
  const access = await session.access();
  const result = await (
    await session.engine()
  ).repairPacks(
    access,
    {
      packs,
      dryRun,
      fromFiles: (flags.fromFiles ?? []) as ByteString[],
      ...(namesSource(flags) ? { fromRepository: await readSourceAccess(session, flags) } : {}),
    },
    {
      onProgress: ({ noun, done, total }) =>
        output.progress({ filesDone: done, totalFiles: total, bytesDone: 0, noun }),
      onFileProblem: ({ path, reason }) => {
        if (!output.options.json) output.complain(`Not read: ${formatName(toDisplay(path))} (${reason})`);
      },
    },
    context,
  );
  output.stopProgress();
  output.json(repairPacksJson(result, dryRun));
  for (const line of repairPacksLines(result, dryRun)) output.say(line);
  if (!output.options.json) for (const line of lossAdvice(result)) output.complain(line);
}

/** Of our own making: restic's command has no messages. */
export function repairPacksJson(
  result: RepairPacksResult,
  dryRun: boolean,
): Readonly<Record<string, unknown>> {
  return {
    message_type: 'summary',
    dry_run: dryRun,
    packs: result.packs.map(({ packId, state, blobs, goodBlobs }) => ({
      id: packId,
      state,
      blobs,
      good_blobs: goodBlobs,
    })),
    lost_blobs: result.lostBlobs,
    healed_blobs: result.healedBlobs,
    ...(result.hasRepairedIndex ? { repaired_index: true } : {}),
    ...(result.copiesIn === undefined ? {} : { copies_in: result.copiesIn }),
    lost_paths: result.lossCount,
    losses: result.losses,
  };
}

export function repairPacksLines(result: RepairPacksResult, dryRun: boolean): string[] {
  const lines = result.hasRepairedIndex ? ['The index was damaged and has been repaired.'] : [];
  lines.push(...result.packs.map((pack) => packLine(pack, dryRun)));
  if (dryRun) lines.push('Nothing was written.');
  if (result.healedBlobs > 0)
    lines.push(`${formatCount(result.healedBlobs, 'lost piece')} of data found elsewhere and put back.`);
  if (result.copiesIn !== undefined)
    lines.push(
      `Copies of what was damaged are in ${result.copiesIn} (pack-..., index-...). Delete them when you need them no more.`,
    );
  return lines;
}

function packLine({ packId, state, blobs, goodBlobs }: RepairPacksResult['packs'][number], dryRun: boolean) {
  const pack = `Pack ${packId.slice(0, 8)}`;
  const isRemoved = dryRun ? 'would be removed' : 'removed';
  if (state === 'whole') return `${pack} is whole and stays as it is.`;
  if (state === 'missing')
    return `${pack} is missing with ${formatCount(blobs, 'piece')} of data; ${isRemoved} from the index.`;
  return `${pack} is damaged: ${goodBlobs} of ${formatCount(blobs, 'piece')} of data ${dryRun ? 'can be saved' : 'saved'}; ${isRemoved}.`;
}

/** `tidemark prune`: frees the space of what no snapshot needs. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import { parseSizeText } from '#rules/size-text.ts';
import { parseUnusedLimit } from '#rules/unused-limit.ts';
import type { PruneInput, PruneNumbers, PruneProgress, PruneResult, PruneSum } from '../calls/prune.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { formatBytes, formatCount } from '../format-values.ts';
import { heldLine, isoText, lockedLine } from '../kept-words.ts';
import { asChoice, asText, example } from '../option-values.ts';

export interface PruneFlags {
  readonly dryRun?: boolean;
  readonly maxUnused: string;
  readonly maxRepackSize?: string;
  readonly repackCacheableOnly?: boolean;
  readonly repackSmall?: boolean;
  readonly repackSmallerThan?: string;
  readonly repackUncompressed?: boolean;
  readonly compression: string;
}

/** Of the size that packs are written with. */
const SMALL_PACK_BYTES = ((16 << 20) / 5) * 4;

export function definePrune(command: Command, run: RunCommand): void {
  definePruneOptions(command.option('-n, --dry-run', 'only show what would be done'))
    .option('--repack-small', 'put small packs together')
    .option(
      '--unsafe-recover-no-free-space <id>',
      'accepted for habit; a full place is always freed step by step, and safely',
    )
    .addHelpText('after', example('tidemark -r /mnt/backup prune --dry-run'))
    .action((flags: PruneFlags) => run((session) => runPrune(session, readPruneInput(flags))));
}

/** Those that `forget --prune` has too. */
export function definePruneOptions(command: Command): Command {
  return command
    .option('--max-unused <limit>', 'leave so much unused data where it is: 5%, 200M or unlimited', '5%')
    .option('--max-repack-size <size>', 'rewrite at most so much in one run (500M, 2G)')
    .option('--repack-cacheable-only', 'rewrite only lists of folders, no file contents')
    .option('--repack-smaller-than <size>', 'put packs together that are smaller than this (8M)')
    .option('--repack-uncompressed', 'compress what is stored without compression')
    .option('--compression <mode>', 'of what is rewritten: auto, off or max', 'auto');
}

export function readPruneInput(flags: PruneFlags): PruneInput {
  if (flags.repackSmall === true && flags.repackSmallerThan !== undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: 'both --repack-small and --repack-smaller-than are given',
      reason: 'use one of them',
    });
  }
  const smallPackBytes =
    flags.repackSmallerThan === undefined
      ? flags.repackSmall === true
        ? SMALL_PACK_BYTES
        : undefined
      : Number(parseSizeText(asText(flags.repackSmallerThan)));
  return {
    dryRun: flags.dryRun === true,
    maxUnused: parseUnusedLimit(asText(flags.maxUnused)),
    ...(flags.maxRepackSize === undefined
      ? {}
      : { maxRepackBytes: Number(parseSizeText(asText(flags.maxRepackSize))) }),
    repackCacheableOnly: flags.repackCacheableOnly === true,
    ...(smallPackBytes === undefined ? {} : { smallPackBytes }),
    repackUncompressed: flags.repackUncompressed === true,
    compression: asChoice('--compression', flags.compression, ['auto', 'off', 'max']),
  };
}

/** @param printsJson false where another command's JSON is the only one expected */
export async function runPrune(
  { output, context, access, engine }: CommandSession,
  input: PruneInput,
  printsJson = true,
): Promise<void> {
  let numbers: PruneNumbers | undefined;
  const calls = await engine();
  const result = await calls.prune(
    await access(),
    input,
    {
      onProgress(progress) {
        const [live, status] = progressOf(progress);
        output.progress(live, printsJson ? status : undefined);
      },
      onPlan(planned) {
        numbers = planned;
        for (const line of planLines(planned, output.options.verbosity)) output.say(line);
      },
    },
    context,
  );
  output.stopProgress();
  if (numbers === undefined) return;
  if (printsJson) output.json(pruneSummaryJson(numbers, result, input.dryRun));
  for (const line of endLines(input, numbers, result)) output.say(line);
}

const NOUNS: Readonly<Record<PruneProgress['stage'], string>> = {
  index: 'index files',
  snapshots: 'folders',
  repack: 'packs rewritten',
  rewriteIndex: 'index files rewritten',
  remove: 'packs removed',
};

type ProgressArguments = Parameters<CommandSession['output']['progress']>;

function progressOf(progress: PruneProgress): ProgressArguments {
  const { stage, done, total, bytesDone, totalBytes } = progress;
  return [
    { filesDone: done, totalFiles: total, bytesDone, totalBytes, noun: NOUNS[stage] },
    () => ({ message_type: 'status', stage, done, total, bytes_done: bytesDone, total_bytes: totalBytes }),
  ];
}

/** restic's numbers in restic's order; details with --verbose. */
function planLines(numbers: PruneNumbers, verbosity: number): string[] {
  const { used, duplicate, unused, unindexed, repack, repackRemoves, remove, remaining, packs } = numbers;
  const row = (title: string, { blobs, bytes }: PruneSum): string =>
    `${`${title}:`.padEnd(18)}${String(blobs).padStart(9)} blobs / ${formatBytes(bytes)}`;
  const lines: string[] = [];
  if (verbosity === 0 && !changesAnything(numbers)) return [];
  if (verbosity > 0) {
    lines.push(row('used', used));
    if (duplicate.blobs > 0) lines.push(row('duplicates', duplicate));
    lines.push(row('unused', unused), '');
  }
  if (unindexed.packs > 0)
    lines.push(
      `${'left over:'.padEnd(18)}${String(unindexed.packs).padStart(9)} packs / ${formatBytes(unindexed.bytes)} of interrupted runs`,
    );
  lines.push(row('to rewrite', repack));
  lines.push(row('this removes', repackRemoves));
  lines.push(row('to delete', remove));
  lines.push(row('remaining', remaining));
  lines.push(
    `${'unused after:'.padEnd(18)}${' '.repeat(18)}${share(numbers.unusedAfterBytes, remaining.bytes)}`,
  );
  if (packs.missing > 0)
    lines.push(
      `${formatCount(packs.missing, 'pack')} that nothing needs is no longer there; the index forgets it.`,
    );
  if (verbosity > 0) {
    lines.push(
      '',
      `packs: ${packs.used} fully used, ${packs.partlyUsed} partly, ${packs.unused} unused; ${packs.keep} stay, ${packs.repack} are rewritten, ${packs.remove} deleted`,
    );
  }
  return lines;
}

function share(bytes: number, ofBytes: number): string {
  return `${formatBytes(bytes)} (${(ofBytes === 0 ? 0 : (bytes / ofBytes) * 100).toFixed(1)}%)`;
}

function endLines(input: PruneInput, numbers: PruneNumbers, result: PruneResult): string[] {
  if (!changesAnything(numbers)) return [nothingToFree(numbers)];
  if (input.dryRun) return [`Would free about ${formatBytes(plannedBytes(numbers))}. Nothing was changed.`];
  const lines: string[] = [];
  if (result.removalRefused)
    lines.push(
      `${heldLine('What is not needed any more stays', result.keptUntilMs)} Prune again when it does.`,
    );
  if (result.keptBytes > 0 && result.keptUntilMs !== null)
    lines.push(lockedLine(result.keptUntilMs, result.keptBytes));
  if (result.postponedPacks > 0)
    lines.push(
      `There is no room to rewrite ${formatCount(result.postponedPacks, 'partly used pack')}, so that was left for later. Forget more snapshots or make room there, then run prune again.`,
    );
  if (result.freedBytes > 0) lines.push(`Freed ${formatBytes(result.freedBytes)}.`);
  else if (lines.length === 0) lines.push('Done; this freed no space.');
  return lines;
}

function changesAnything({ packs, unindexed }: PruneNumbers): boolean {
  return packs.repack + packs.remove + packs.missing + unindexed.packs > 0;
}

/** Why there is nothing to do, for somebody who has just forgotten snapshots. */
function nothingToFree({ unusedAfterBytes, remaining }: PruneNumbers): string {
  return unusedAfterBytes === 0
    ? 'Nothing to free: everything stored is needed.'
    : `Nothing to free: ${share(unusedAfterBytes, remaining.bytes)} of what is stored is not needed any more, which is little enough to leave it (--max-unused).`;
}

function plannedBytes({ unindexed, remove, repackRemoves }: PruneNumbers): number {
  return unindexed.bytes + remove.bytes + repackRemoves.bytes;
}

/** restic prints no JSON here; names as in its other summaries. */
export function pruneSummaryJson(
  numbers: PruneNumbers,
  result: PruneResult,
  dryRun: boolean,
): Readonly<Record<string, unknown>> {
  const { packs } = numbers;
  return {
    message_type: 'summary',
    dry_run: dryRun,
    used: numbers.used,
    duplicate: numbers.duplicate,
    unused: numbers.unused,
    unindexed: numbers.unindexed,
    repack: numbers.repack,
    repack_removes: numbers.repackRemoves,
    remove: numbers.remove,
    remaining: numbers.remaining,
    unused_after_bytes: numbers.unusedAfterBytes,
    packs: {
      used: packs.used,
      partly_used: packs.partlyUsed,
      unused: packs.unused,
      keep: packs.keep,
      repack: packs.repack,
      remove: packs.remove,
      missing: packs.missing,
    },
    removed_packs: result.removedPacks,
    repacked_packs: result.repackedPacks,
    new_packs: result.newPacks,
    postponed_packs: result.postponedPacks,
    removal_refused: result.removalRefused,
    kept_bytes: result.keptBytes,
    kept_until: result.keptUntilMs === null ? null : isoText(result.keptUntilMs),
    freed_bytes: result.freedBytes,
  };
}

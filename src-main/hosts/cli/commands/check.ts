/** `tidemark check`: proves that what is stored can be restored. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_FAILED } from '#contract/exit-codes.ts';
import { parseReadDataSubset } from '#rules/read-data-subset.ts';
import type { RunCommand } from '../command-session.ts';
import type { CheckInput, CheckResult } from '../calls/check.ts';
import { formatCount } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { exitMessage } from '../exit-message.ts';

interface CheckFlags {
  readonly readData?: boolean;
  readonly readDataSubset?: string;
}

export function defineCheck(command: Command, run: RunCommand): void {
  command
    .option('--read-data', 'read all data and verify it')
    .option('--read-data-subset <subset>', 'read a part: n/t, a share such as 5%, or a size such as 2G')
    .addHelpText('after', example('tidemark -r /mnt/backup check --read-data-subset 5%'))
    .action((flags: CheckFlags) =>
      run(async ({ options, output, context, access, engine }) => {
        const input = readCheckInput(flags);
        const result = await (
          await engine()
        ).check(
          await access(),
          input,
          {
            onProgress: (progress) =>
              output.progress({
                filesDone: progress.done,
                totalFiles: progress.total,
                bytesDone: progress.bytesDone,
                totalBytes: progress.totalBytes,
                noun: progress.stage === 'snapshots' ? 'snapshots' : 'packs',
              }),
            onError: (message) => {
              if (options.json) output.jsonComplaint({ message_type: 'error', message });
              else output.complain(message);
            },
            onHint: (message) => output.say(message),
          },
          context,
        );
        output.json(checkSummaryJson(result));
        if (result.errors === 0) {
          output.say('No errors were found.');
          return;
        }
        const sentence = damageSentence(result);
        if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
        else output.complain(sentence);
        return EXIT_FAILED;
      }),
    );
}

function readCheckInput(flags: CheckFlags): CheckInput {
  if (flags.readDataSubset === undefined) return flags.readData === true ? { readData: 'all' } : {};
  if (flags.readData === true) {
    throw new TidemarkError('request.invalidInput', {
      what: 'both --read-data and --read-data-subset are given',
      reason: 'use one of them',
    });
  }
  return { readData: parseReadDataSubset(asText(flags.readDataSubset)) };
}

/** restic's summary. */
export function checkSummaryJson(result: CheckResult): Readonly<Record<string, unknown>> {
  return {
    message_type: 'summary',
    num_errors: result.errors,
    broken_packs: result.brokenPacks.length === 0 ? null : result.brokenPacks,
    suggest_repair_index: result.suggestRepairIndex,
    suggest_prune: result.suggestPrune,
  };
}

function damageSentence(result: CheckResult): string {
  const shortIds = result.brokenPacks.map((id) => id.slice(0, 8));
  const packs = shortIds.length === 0 ? '' : ` Damaged: ${shortIds.join(', ')}.`;
  const lost = result.damagedSnapshots.map((id) => id.slice(0, 8));
  const repairs = [
    ...(result.suggestRepairIndex ? ['"tidemark repair index"'] : []),
    ...(shortIds.length > 0 ? [`"tidemark repair packs ${shortIds.join(' ')}"`] : []),
    ...(lost.length > 0 ? ['"tidemark recover"', `"tidemark forget --damaged ${lost.join(' ')}"`] : []),
  ];
  // Only what is no longer thought to be there is stored again.
  const mend = repairs.length === 0 ? '' : ` Then run ${repairs.join(' and ')}.`;
  return `The repository has ${formatCount(result.errors, 'error')}.${packs} Everything not named above is safe. Keep a copy of the repository as it is.${mend} Then back up again: what is still on your disk is stored anew.`;
}

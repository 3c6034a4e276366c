/** `tidemark forget`: removes snapshots, named ones or those that a policy does not keep. */
import type { Command } from 'commander';
import { isTidemarkError } from '#base/errors.ts';
import { EXIT_INCOMPLETE } from '#contract/exit-codes.ts';
import { keepReasonText } from '#rules/retention.ts';
import { DEFAULT_GROUPING, parseGrouping } from '#rules/snapshot-groups.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { ListedSnapshot } from '../calls/access.ts';
import type { ForgetGroup, ForgetHandlers, ForgetInput, ForgetPlan } from '../calls/forget.ts';
import { exitMessage } from '../exit-message.ts';
import { definePolicyOptions, describePolicy, readPolicy, type PolicyFlags } from '../forget-policy.ts';
import { formatCount, formatLocalTime } from '../format-values.ts';
import { forgetJson, SPARE_WORDS } from '../group-json.ts';
import { asText, asTexts, collect, example, readFilter, type FilterFlags } from '../option-values.ts';
import { describeGroup, snapshotTable } from '../snapshot-table.ts';

type ForgetFlags = PolicyFlags &
  FilterFlags & {
    readonly unsafeAllowRemoveAll?: boolean;
    readonly unattended?: boolean;
    readonly compact?: boolean;
    readonly groupBy?: string;
    readonly dryRun?: boolean;
  };

export function defineForget(command: Command, run: RunCommand): void {
  definePolicyOptions(command.argument('[id...]', 'remove these snapshots; an id, its beginning, or latest'))
    .option('--unsafe-allow-remove-all', 'without a policy: remove all that --host, --tag, --path choose')
    // Without the short form that the option has elsewhere: -H is --keep-hourly, as in restic.
    .option('--host <name>', 'consider only snapshots of this host (repeatable)', collect)
    .option('--tag <tag[,tag]>', 'consider only snapshots with all these tags (repeatable)', collect)
    .option('--path <path>', 'consider only snapshots that hold this path (repeatable: all)', collect)
    .option('-c, --compact', 'without paths')
    .option('-g, --group-by <fields>', 'host, paths, tags or series, with commas; "": one group')
    .option('--unattended', 'remove little at a time, and nothing while the clock is in doubt')
    .option('-n, --dry-run', 'only show what would be removed')
    .addHelpText(
      'after',
      '\nThe options --keep-... say what stays in each group; everything else in it is removed.\nOnly the snapshots go: "tidemark prune" then frees the space.\n',
    )
    .addHelpText('after', example('tidemark -r /mnt/backup forget --keep-daily 7 --keep-weekly 8 --dry-run'))
    .action((ids: string[], flags: ForgetFlags) =>
      run((session) => runForget(session, readInput(ids, flags), flags.compact === true)),
    );
}

function readInput(ids: readonly string[], flags: ForgetFlags): ForgetInput {
  const unattended = flags.unattended === true;
  return {
    ids: asTexts(ids),
    filter: readFilter(flags),
    policy: readPolicy(flags),
    groupBy:
      flags.groupBy !== undefined
        ? parseGrouping(asText(flags.groupBy))
        : unattended
          ? ['series']
          : DEFAULT_GROUPING,
    allowRemoveAll: flags.unsafeAllowRemoveAll === true,
    unattended,
    dryRun: flags.dryRun === true,
  };
}

async function runForget(session: CommandSession, input: ForgetInput, compact: boolean) {
  const { options, output, context } = session;
  const calls = await session.engine();
  const tally = { removed: 0, total: 0 };
  const handlers: ForgetHandlers = {
    onPlan: (plan) => {
      tally.total = plan.remove.length;
      if (options.json) {
        // As restic: nothing where ids were given.
        if (plan.groups.length > 0) void output.result(forgetJson(plan));
      } else {
        for (const line of planLines(plan, input, compact)) output.say(line);
      }
    },
    onRemoved: (listed, done, total) => {
      tally.removed++;
      output.progress({ filesDone: done, totalFiles: total, bytesDone: 0, noun: 'snapshots' });
      output.detail(1, `Removed ${describeSnapshot(listed)}.`);
    },
    onRefused: (listed, reason) => output.complain(`Not removed: ${describeSnapshot(listed)} (${reason}).`),
    onDamaged: (id, reason) =>
      output.complain(`Snapshot ${id.slice(0, 8)} cannot be read (${reason}); it is left as it is.`),
  };
  let refused: number;
  try {
    ({ refused } = await calls.forget(await session.access(), input, handlers, context));
  } catch (error) {
    output.stopProgress();
    if (tally.total > 0 && !options.json && isTidemarkError(error))
      output.complain(`Removed until then: ${tally.removed} of ${formatCount(tally.total, 'snapshot')}.`);
    throw error;
  }
  output.stopProgress();
  output.say(doneLine(input, tally));
  if (refused === 0) return;
  const sentence = `${formatCount(refused, 'snapshot')} could not be removed; the list above says why. Everything else was done.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_INCOMPLETE, sentence));
  else output.complain(sentence);
  return EXIT_INCOMPLETE;
}

function doneLine({ dryRun }: ForgetInput, { removed, total }: { removed: number; total: number }): string {
  if (dryRun)
    return total === 0
      ? 'Nothing would be removed.'
      : `Would remove ${formatCount(total, 'snapshot')}. Nothing was changed.`;
  if (removed === 0) return 'Nothing was removed.';
  return `Removed ${formatCount(removed, 'snapshot')}. Run "tidemark prune" to free their space.`;
}

function describeSnapshot({ id, snapshot }: ListedSnapshot): string {
  return `snapshot ${id.slice(0, 8)} of ${formatLocalTime(snapshot.time)}`;
}

function planLines(plan: ForgetPlan, input: ForgetInput, compact: boolean): string[] {
  if (input.ids.length > 0) {
    return [
      `${input.dryRun ? 'Would remove' : 'Removing'}:`,
      ...snapshotTable(
        plan.remove.map((listed) => ({ listed })),
        compact,
      ),
    ];
  }
  const policy = describePolicy(input.policy);
  return [
    policy === '' ? 'Keep nothing of the chosen snapshots.' : `Keep ${policy}.`,
    ...plan.groups.flatMap((group) => groupLines(group, input.dryRun, compact)),
    '',
  ];
}

/** Oldest first, as `tidemark snapshots` lists them. */
function groupLines({ key, keep, spared, remove }: ForgetGroup, dryRun: boolean, compact: boolean): string[] {
  const kept = keep.map(({ listed, reasons }) => ({ listed, reasons: reasons.map(keepReasonText) }));
  const held = spared.map(({ listed, reason }) => ({ listed, reasons: [SPARE_WORDS[reason]] }));
  const group = describeGroup(key);
  return [
    '',
    ...(group === '' ? [] : [`Group: ${group}`]),
    ...part(`Keep ${formatCount(keep.length, 'snapshot')}:`, kept, true),
    ...part(`Not removed this time, ${formatCount(held.length, 'snapshot')}:`, held, true),
    ...part(
      `${dryRun ? 'Would remove' : 'Remove'} ${formatCount(remove.length, 'snapshot')}:`,
      remove.map((listed) => ({ listed })),
      false,
    ),
  ];

  function part(title: string, rows: Parameters<typeof snapshotTable>[0], withReasons: boolean): string[] {
    return rows.length === 0 ? [] : [title, ...snapshotTable(rows.toReversed(), compact, withReasons)];
  }
}

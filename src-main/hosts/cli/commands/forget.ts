/** `tidemark forget`: removes snapshots, named ones or those that a policy does not keep. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { EXIT_DONE, EXIT_INCOMPLETE, type ExitCode } from '#contract/exit-codes.ts';
import { keepReasonText } from '#rules/retention.ts';
import { DEFAULT_GROUPING, parseGrouping } from '#rules/snapshot-groups.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { ListedSnapshot } from '../calls/access.ts';
import type { ForgetGroup, ForgetHandlers, ForgetInput, ForgetPlan } from '../calls/forget.ts';
import type { PruneInput } from '../calls/prune.ts';
import { exitMessage } from '../exit-message.ts';
import { definePolicyOptions, describePolicy, readPolicy, type PolicyFlags } from '../forget-policy.ts';
import { formatCount, formatLocalTime, formatName } from '../format-values.ts';
import { forgetJson, SPARE_WORDS } from '../group-json.ts';
import { heldLine, isoText, lockedLine, stays } from '../kept-words.ts';
import { asText, asTexts, collect, example, readFilter, type FilterFlags } from '../option-values.ts';
import { describeGroup, snapshotTable } from '../snapshot-table.ts';
import { definePruneOptions, readPruneInput, runPrune, type PruneFlags } from './prune.ts';

type ForgetFlags = PolicyFlags &
  FilterFlags &
  PruneFlags & {
    readonly unsafeAllowRemoveAll?: boolean;
    readonly unattended?: boolean;
    readonly damaged?: boolean;
    readonly compact?: boolean;
    readonly groupBy?: string;
    readonly prune?: boolean;
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
    .option('--damaged', 'take away the files of the named snapshots, which cannot be read any more')
    .option('-n, --dry-run', 'only show what would be removed')
    .option('--prune', 'free the space afterwards, as "tidemark prune" with these options:');
  definePruneOptions(command)
    .addHelpText(
      'after',
      `\n${[
        'The options --keep-... say what stays in each group; everything else in it is',
        'removed. Only the snapshots go; "tidemark prune" frees their space.',
      ].join('\n')}\n`,
    )
    .addHelpText('after', example('tidemark -r /mnt/backup forget --keep-daily 7 --keep-weekly 8 --dry-run'))
    .action((ids: string[], flags: ForgetFlags) =>
      run((session) => {
        if (flags.damaged === true) return forgetDamaged(session, asTexts(ids), flags);
        const prune = flags.prune === true ? readPruneInput(flags) : undefined;
        return forgetAndPrune(session, readInput(ids, flags), prune, flags.compact === true);
      }),
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

async function forgetDamaged(
  session: CommandSession,
  ids: readonly string[],
  flags: ForgetFlags,
): Promise<ExitCode> {
  if (ids.length === 0 || flags.prune === true) {
    throw new TidemarkError('request.invalidInput', {
      what: ids.length === 0 ? '--damaged names no snapshot' : '--damaged and --prune are given',
      reason:
        ids.length === 0
          ? 'name the damaged snapshots; "tidemark check" shows their ids'
          : 'a prune would free the space of what only they held; run "tidemark recover" first and prune later',
    });
  }
  const dryRun = flags.dryRun === true;
  const { output } = session;
  const calls = await session.engine();
  const { damaged, copiesIn } = await calls.forgetDamaged(
    await session.access(),
    { ids, dryRun },
    session.context,
  );
  for (const { id, reason } of damaged) {
    output.say(
      `${dryRun ? 'Would remove' : 'Removed'} the damaged snapshot file ${id.slice(0, 8)} (${reason}).`,
    );
    output.json({ message_type: 'damaged_snapshot', id, reason, ...(dryRun ? { dry_run: true } : {}) });
  }
  if (!dryRun) output.say(`A copy is kept in ${formatName(copiesIn)} as snapshot-ID.`);
  output.say(
    'What only these snapshots held stays in the repository until the next prune: "tidemark recover" finds it.',
  );
  return EXIT_DONE;
}

/** Two locks, one after the other: whatever comes between the two is simply there when the second is taken. */
async function forgetAndPrune(
  session: CommandSession,
  input: ForgetInput,
  prune: PruneInput | undefined,
  compact: boolean,
): Promise<ExitCode> {
  const { options, output } = session;
  const access = await session.access();
  const known = { ...session, access: () => Promise.resolve(access) };
  const done = await runForget(known, input, compact);
  output.say(doneLine(done, input.dryRun, prune !== undefined));
  tellKept(session, done);
  if (prune !== undefined && (input.dryRun ? done.planned.length : done.removed) > 0) {
    const ignoredSnapshots = new Set(done.planned.map(({ id }) => id as SnapshotId));
    await runPrune(known, input.dryRun ? { ...prune, ignoredSnapshots } : prune, false);
  }
  if (done.refused === 0) return EXIT_DONE;
  const sentence = `${formatCount(done.refused, 'snapshot')} could not be removed; the list above says why. Everything else was done.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_INCOMPLETE, sentence));
  else output.complain(sentence);
  return EXIT_INCOMPLETE;
}

/** In JSON beside the one answer that restic gives, too. */
function tellKept({ output }: CommandSession, { removed, held, keptUntilMs }: Done): void {
  if (held > 0) output.say(heldLine(`${formatCount(held, 'snapshot')} ${stays(held)}`, keptUntilMs));
  else if (removed > 0 && keptUntilMs !== null) output.say(lockedLine(keptUntilMs));
  else return;
  const keptUntil = keptUntilMs === null ? null : isoText(keptUntilMs);
  output.jsonComplaint({ message_type: 'place_keeps', held, kept_until: keptUntil });
}

interface Done {
  readonly planned: readonly ListedSnapshot[];
  /** Held by the brake. */
  readonly spared: number;
  readonly removed: number;
  readonly refused: number;
  /** The place lets nothing go. */
  readonly held: number;
  readonly keptUntilMs: number | null;
}

async function runForget(session: CommandSession, input: ForgetInput, compact: boolean): Promise<Done> {
  const { options, output, context } = session;
  let planned: readonly ListedSnapshot[] = [];
  let spared = 0;
  let removed = 0;
  const handlers: ForgetHandlers = {
    onPlan: (plan) => {
      planned = plan.remove;
      spared = plan.groups.reduce((sum, group) => sum + group.spared.length, 0);
      // As restic: nothing where ids were given.
      if (options.json && plan.groups.length > 0) void output.result(forgetJson(plan));
      for (const line of planLines(plan, input, compact)) output.say(line);
    },
    onRemoved: (listed, done, total) => {
      removed++;
      output.progress({ filesDone: done, totalFiles: total, bytesDone: 0, noun: 'snapshots' });
      output.detail(1, `Removed ${describeSnapshot(listed)}.`);
    },
    onRefused: (listed, reason) => output.complain(`Not removed: ${describeSnapshot(listed)} (${reason}).`),
    onDamaged: (id, reason) =>
      output.complain(`Snapshot ${id.slice(0, 8)} cannot be read (${reason}); it is left as it is.`),
  };
  const calls = await session.engine();
  try {
    const { refused, held, keptUntilMs } = await calls.forget(
      await session.access(),
      input,
      handlers,
      context,
    );
    return { planned, spared, removed, refused, held, keptUntilMs };
  } catch (error) {
    output.stopProgress();
    if (planned.length > 0 && !options.json)
      output.complain(`Removed until then: ${removed} of ${formatCount(planned.length, 'snapshot')}.`);
    throw error;
  } finally {
    output.stopProgress();
  }
}

function doneLine({ planned, spared, removed }: Done, dryRun: boolean, prunes: boolean): string {
  const waiting = spared === 0 ? '' : ` ${formatCount(spared, 'more', 'more')} held back.`;
  if (dryRun) {
    return planned.length === 0
      ? `Nothing would be removed.${waiting}`
      : `Would remove ${formatCount(planned.length, 'snapshot')}.${waiting} Nothing was changed.`;
  }
  if (removed === 0) return `Nothing was removed.${waiting}`;
  const next = prunes ? '' : ' Run "tidemark prune" to free the space.';
  return `Removed ${formatCount(removed, 'snapshot')}.${waiting}${next}`;
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
  if (plan.groups.length === 0) return ['No snapshot is like that.'];
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

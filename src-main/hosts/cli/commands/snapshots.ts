/** `tidemark snapshots`: what there is to restore, oldest first. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import { COMMAND_LINE_WORDS } from '#contract/error-texts.ts';
import { DEFAULT_GROUPING, groupSnapshots, parseGrouping, type GroupField } from '#rules/snapshot-groups.ts';
import type { RunCommand } from '../command-session.ts';
import type { ListedSnapshot } from '../calls/access.ts';
import { formatCount } from '../format-values.ts';
import {
  asText,
  asTexts,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';
import { groupsJson } from '../group-json.ts';
import { snapshotJson } from '../snapshot-json.ts';
import { describeGroup, snapshotTable } from '../snapshot-table.ts';

interface SnapshotsFlags extends FilterFlags {
  readonly compact?: boolean;
  readonly latest?: string;
  readonly groupBy?: string;
}

export function defineSnapshots(command: Command, run: RunCommand): void {
  defineFilterOptions(command)
    .argument('[id...]', 'only these snapshots; an id, its beginning, or latest')
    .option('-c, --compact', 'without paths')
    .option('--latest <n>', 'only the last n of each group, or of each host and set of paths')
    .option('-g, --group-by <fields>', 'in groups by host, paths, tags or series, with commas')
    .addHelpText('after', example('tidemark -r /mnt/backup snapshots --host laptop --latest 3'))
    .action((ids: string[], flags: SnapshotsFlags) =>
      run(async ({ options, output, context, access, engine }) => {
        const onDamaged = (id: string, reason: string): void => {
          const sentence = `Snapshot ${id.slice(0, 8)} is damaged (${reason}) and cannot be listed. ${COMMAND_LINE_WORDS.damagedSnapshot(id.slice(0, 8))}`;
          if (options.json) output.jsonComplaint({ message_type: 'error', message: sentence });
          else output.complain(sentence);
        };
        const keep = flags.latest === undefined ? undefined : readCount(flags.latest);
        const input = { filter: readFilter(flags), ids: asTexts(ids) };
        const groupBy = flags.groupBy === undefined ? [] : parseGrouping(asText(flags.groupBy));
        const all = await (await engine()).snapshots(await access(), input, { onDamaged }, context);
        const listed = newestOfEachGroup(all, keep, groupBy);
        const groups = groupSnapshots(listed, groupBy);
        if (options.json) {
          const isGrouped = groupBy.length > 0;
          await output.result(isGrouped ? groupsJson(groups) : listJson(listed));
          return;
        }
        for (const { key, snapshots } of groups) {
          if (groupBy.length > 0) await output.result(`\nGroup: ${describeGroup(key)}`);
          const rows = snapshots.map((one) => ({ listed: one }));
          for (const line of snapshotTable(rows, flags.compact === true)) await output.result(line);
        }
        await output.result(formatCount(listed.length, 'snapshot'));
      }),
    );
}

function listJson(listed: readonly ListedSnapshot[]): string {
  return `[${listed.map((one) => snapshotJson(one)).join(',')}]`;
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new TidemarkError('request.invalidInput', {
    what: `--latest ${asText(text)}`,
    reason: 'give a whole number from 1 on',
  });
}

/** In restic's way: without a grouping asked for, the last n of each host and set of paths. */
function newestOfEachGroup(
  listed: readonly ListedSnapshot[],
  keep: number | undefined,
  groupBy: readonly GroupField[],
): readonly ListedSnapshot[] {
  if (keep === undefined) return listed;
  const fields = groupBy.length === 0 ? DEFAULT_GROUPING : groupBy;
  const kept = new Set(groupSnapshots(listed, fields).flatMap((group) => group.snapshots.slice(-keep)));
  return listed.filter((one) => kept.has(one));
}

/** `tidemark snapshots`: what there is to restore, oldest first. */
import type { Command } from 'commander';
import type { RunCommand } from '../command-session.ts';
import type { ListedSnapshot } from '../calls/access.ts';
import { formatBytes, formatCount, formatLocalTime, formatName } from '../format-values.ts';
import {
  asText,
  asTexts,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';
import { formatTable } from '../output.ts';
import { snapshotJson } from '../snapshot-json.ts';
import { TidemarkError } from '#base/errors.ts';

interface SnapshotsFlags extends FilterFlags {
  readonly compact?: boolean;
  readonly latest?: string;
}

export function defineSnapshots(command: Command, run: RunCommand): void {
  defineFilterOptions(command)
    .argument('[id...]', 'only these snapshots; an id, its beginning, or latest')
    .option('-c, --compact', 'without paths')
    .option('--latest <n>', 'only the last n of each host and set of paths')
    .addHelpText('after', example('tidemark -r /mnt/backup snapshots --host laptop --latest 3'))
    .action((ids: string[], flags: SnapshotsFlags) =>
      run(async ({ options, output, context, access, engine }) => {
        const keep = flags.latest === undefined ? undefined : readCount(flags.latest);
        const input = { filter: readFilter(flags), ids: asTexts(ids) };
        const all = await (await engine()).snapshots(await access(), input, context);
        const listed = keep === undefined ? all : newestOfEachGroup(all, keep);
        if (options.json) {
          await output.result(`[${listed.map((one) => snapshotJson(one)).join(',')}]`);
          return;
        }
        if (listed.length > 0) {
          for (const line of snapshotTable(listed, flags.compact === true)) await output.result(line);
        }
        await output.result(formatCount(listed.length, 'snapshot'));
      }),
    );
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new TidemarkError('request.invalidInput', {
    what: `--latest ${asText(text)}`,
    reason: 'give a whole number from 1 on',
  });
}

function snapshotTable(listed: readonly ListedSnapshot[], compact: boolean): string[] {
  const rows = listed.map(({ id, snapshot }) => {
    const bytes = snapshot.summary?.totalBytesProcessed;
    const size = bytes === undefined ? '' : formatBytes(bytes);
    const tags = snapshot.tags.map(formatName).join(',');
    const start = [id.slice(0, 8), formatLocalTime(snapshot.time), formatName(snapshot.hostname), tags];
    return compact ? [...start, size] : [...start, snapshot.paths.map(formatName).join('\n'), size];
  });
  return formatTable(['ID', 'Time', 'Host', 'Tags', ...(compact ? [] : ['Paths']), 'Size'], rows);
}

function newestOfEachGroup(listed: readonly ListedSnapshot[], keep: number): ListedSnapshot[] {
  const counts = new Map<string, number>();
  const kept: ListedSnapshot[] = [];
  for (const one of listed.toReversed()) {
    const group = JSON.stringify([one.snapshot.hostname, [...one.snapshot.paths].sort()]);
    const count = (counts.get(group) ?? 0) + 1;
    counts.set(group, count);
    if (count <= keep) kept.unshift(one);
  }
  return kept;
}

/** Snapshots as a table on a terminal, and the line above the table of a group. */
import type { GroupKey } from '#rules/snapshot-groups.ts';
import type { ListedSnapshot } from './calls/access.ts';
import { formatBytes, formatLocalTime, formatName } from './format-values.ts';
import { formatTable } from './output.ts';

export interface TableRow {
  readonly listed: ListedSnapshot;
  /** Lines of a column of its own. */
  readonly reasons?: readonly string[];
}

/** @param compact without paths; @param withReasons with that column */
export function snapshotTable(rows: readonly TableRow[], compact: boolean, withReasons = false): string[] {
  const cells = rows.map(({ listed: { id, snapshot }, reasons = [] }) => {
    const bytes = snapshot.summary?.totalBytesProcessed;
    return [
      id.slice(0, 8),
      formatLocalTime(snapshot.time),
      formatName(snapshot.hostname),
      snapshot.tags.map(formatName).join(','),
      ...(withReasons ? [reasons.map(formatName).join('\n')] : []),
      ...(compact ? [] : [snapshot.paths.map(formatName).join('\n')]),
      bytes === undefined ? '' : formatBytes(bytes),
    ];
  });
  const header = [
    'ID',
    'Time',
    'Host',
    'Tags',
    ...(withReasons ? ['Reasons'] : []),
    ...(compact ? [] : ['Paths']),
    'Size',
  ];
  return formatTable(header, cells);
}

/** `host laptop, paths /a, /b`; empty for the one group of all. */
export function describeGroup({ hostname, paths, tags, series }: GroupKey): string {
  const list = (noun: string, texts: readonly string[]): string =>
    texts.length === 0
      ? `no ${noun}s`
      : `${noun}${texts.length === 1 ? '' : 's'} ${texts.map(formatName).join(', ')}`;
  return [
    ...(series === undefined ? [] : [`series ${formatName(series)}`]),
    ...(hostname === undefined ? [] : [hostname === '' ? 'no host' : `host ${formatName(hostname)}`]),
    ...(tags === undefined ? [] : [list('tag', tags)]),
    ...(paths === undefined ? [] : [list('path', paths)]),
  ].join(', ');
}

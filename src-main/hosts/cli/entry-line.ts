/** One entry of a snapshot as a line for people, short or long. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { formatBytes, formatLocalTime, formatMode, formatName } from './format-values.ts';

/** Go's zero time, which restic prints for a time that is not there. */
const NO_TIME = '0001-01-01T00:00:00Z';

export function entryLine(
  path: ByteString,
  node: TreeNode,
  flags: { readonly long?: boolean | undefined; readonly humanReadable?: boolean | undefined },
): string {
  const name = formatName(toDisplay(path));
  if (flags.long !== true) return name;
  const size =
    flags.humanReadable === true ? formatBytes(node.size).padStart(10) : String(node.size).padStart(10);
  const target = node.linkTarget === undefined ? '' : ` -> ${formatName(toDisplay(node.linkTarget))}`;
  const owner = `${String(node.uid).padStart(5)} ${String(node.gid).padStart(5)}`;
  return `${formatMode(node.mode)} ${owner} ${size} ${formatLocalTime(node.mtime ?? NO_TIME)} ${name}${target}`;
}

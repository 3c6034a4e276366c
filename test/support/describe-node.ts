/** A tree's node in the words of the golden repositories' expected.json, for comparing with `toEqual`. */
import { createHash } from 'node:crypto';
import { permissionsOfMode, typeOfMode } from '#format/mode.ts';
import { parseTime } from '#format/time.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { ExpectedEntry } from '#test/support/fixture-repository.ts';

/** `entry` gives only its path and whether its link target is text. @throws Error when type and mode disagree */
export function describeNode(node: TreeNode, entry: ExpectedEntry, content: Uint8Array): unknown {
  const { sec, nsec } = parseTime(node.mtime as string);
  if (typeOfMode(node.mode) !== node.type) throw new Error(`mode ${node.mode} is not that of a ${node.type}`);
  const target = node.linkTarget === undefined ? undefined : Buffer.from(node.linkTarget, 'latin1');
  const attributes = node.extendedAttributes?.map(
    ({ name, value }) => [name, Buffer.from(value).toString('base64')] as const,
  );
  return {
    path: entry.path,
    path_b64: entry.path_b64,
    type: node.type,
    mode_posix: permissionsOfMode(node.mode).toString(8).padStart(4, '0'),
    mode_restic: node.mode,
    uid: node.uid,
    gid: node.gid,
    mtime_ns: String(BigInt(sec) * 1_000_000_000n + BigInt(nsec)),
    inode: String(node.inode),
    ...(node.type === 'file' && {
      size: Number(node.size),
      sha256: createHash('sha256').update(content).digest('hex'),
    }),
    ...(node.links > 0 && { links: node.links }),
    ...(target !== undefined && {
      linktarget: entry.linktarget === null ? null : target.toString('utf8'),
      linktarget_b64: target.toString('base64'),
    }),
    ...(node.device !== 0n && { device: String(node.device) }),
    ...(attributes !== undefined && { xattrs_b64: Object.fromEntries(attributes) }),
  };
}

/** Groups of names that are one file, each group and all of them sorted: `/a /b`. */
export function hardLinkGroups(nodes: Iterable<{ path: string; node: TreeNode }>): string[] {
  const groups = new Map<string, string[]>();
  for (const { path, node } of nodes) {
    if (node.links < 2) continue;
    const key = `${node.inode} ${node.deviceId}`;
    groups.set(key, [...(groups.get(key) ?? []), Buffer.from(path, 'latin1').toString()]);
  }
  return sortedGroups([...groups.values()].filter((group) => group.length > 1));
}

export function sortedGroups(groups: readonly (readonly string[])[]): string[] {
  return groups.map((group) => group.toSorted().join(' ')).toSorted();
}

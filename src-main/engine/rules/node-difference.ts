/**
 * How two entries of the same name differ, in restic's letters: T type, M content, U metadata, ? content although nothing
 * else has changed. Pure. Source: restic's diff; times are equal when they are the same instant, the order of extended
 * attributes is of no matter.
 */
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { parseTime } from '#format/time.ts';
import type { TreeNode } from '#format/tree-node.ts';

/** Letters in restic's order; empty when there is nothing to tell. `withMetadata`: also U. */
export function differenceOf(one: TreeNode, other: TreeNode, withMetadata: boolean): string {
  const type = one.type === other.type ? '' : 'T';
  if (one.type === 'file' && other.type === 'file' && !isSameContent(one.content, other.content)) {
    return isSameMetadata(one, other) ? `${type}M?` : `${type}M`;
  }
  return withMetadata && !isSameNode(one, other) ? `${type}U` : type;
}

function isSameNode(one: TreeNode, other: TreeNode): boolean {
  return (
    isSameContent(one.content, other.content) && one.subtree === other.subtree && isSameMetadata(one, other)
  );
}

/** Everything but content and subtree. */
function isSameMetadata(one: TreeNode, other: TreeNode): boolean {
  return (
    one.name === other.name &&
    one.type === other.type &&
    one.mode === other.mode &&
    isSameTime(one.mtime, other.mtime) &&
    isSameTime(one.atime, other.atime) &&
    isSameTime(one.ctime, other.ctime) &&
    one.uid === other.uid &&
    one.gid === other.gid &&
    (one.user ?? '') === (other.user ?? '') &&
    (one.group ?? '') === (other.group ?? '') &&
    one.inode === other.inode &&
    one.deviceId === other.deviceId &&
    one.size === other.size &&
    one.links === other.links &&
    (one.linkTarget ?? '') === (other.linkTarget ?? '') &&
    one.device === other.device &&
    (one.error ?? '') === (other.error ?? '') &&
    isSameMap(toMap(one.extendedAttributes), toMap(other.extendedAttributes)) &&
    isSameMap(toJsonMap(one.genericAttributes), toJsonMap(other.genericAttributes))
  );
}

function isSameContent(one: TreeNode['content'], other: TreeNode['content']): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((id, i) => id === other[i]);
}

function isSameTime(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  try {
    const [a, b] = [parseTime(one), parseTime(other)];
    return a.sec === b.sec && a.nsec === b.nsec;
  } catch {
    return false;
  }
}

function toMap(attributes: readonly ExtendedAttribute[] = []): Map<string, string> {
  return new Map(attributes.map(({ name, value }) => [name, value.join()]));
}

function toJsonMap(attributes: TreeNode['genericAttributes'] = []): Map<string, string> {
  return new Map(attributes.map(({ key, json }) => [key, json]));
}

function isSameMap(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

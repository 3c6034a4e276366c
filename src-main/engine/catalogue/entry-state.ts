/**
 * An entry of a tree as the catalogue keeps it: kind, size, time, and a key that is equal where contents are. Two versions of
 * a path are distinct when any of these differs; they are the same content when kind and key do not. Pure.
 */
import { byteStringToBytes, bytesToByteString, type ByteString } from '#base/byte-string.ts';
import type { Primitives } from '#format/primitives.ts';
import { parseTime } from '#format/time.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { EntryKind } from './types.ts';

/** Of SHA-256; by chance two contents share them once in 2^64 entries. */
const KEY_BYTES = 16;

export interface EntryState {
  readonly kind: EntryKind;
  /** 0 for all but files. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Of a folder: its tree. Empty when it cannot be told. */
  readonly key: ByteString;
}

export const NO_KEY = '' as ByteString;

export function isSameState(one: EntryState, other: EntryState): boolean {
  return (
    one.key === other.key &&
    one.kind === other.kind &&
    one.sizeBytes === other.sizeBytes &&
    one.modifiedMs === other.modifiedMs
  );
}

export function isSameContent(one: EntryState, other: EntryState): boolean {
  return one.key === other.key && one.kind === other.kind;
}

const scratch = Buffer.alloc(KEY_BYTES);

export function keyOfId(id: string): ByteString {
  // As much of it as there is room for.
  scratch.write(id, 'hex');
  return bytesToByteString(scratch);
}

export function stateOfNode(node: TreeNode, primitives: Primitives): EntryState {
  const modifiedMs = readMs(node.mtime);
  switch (node.type) {
    case 'file': {
      const key = keyOfContent(node.content, primitives);
      return { kind: 'file', sizeBytes: Number(node.size), modifiedMs, key };
    }
    case 'dir':
      return {
        kind: 'folder',
        sizeBytes: 0,
        modifiedMs,
        key: node.subtree === undefined ? NO_KEY : keyOfId(node.subtree),
      };
    case 'symlink':
      return {
        kind: 'symlink',
        sizeBytes: 0,
        modifiedMs,
        key: keyOfText(`symlink ${node.linkTarget ?? ''}`, primitives),
      };
    default:
      return {
        kind: 'other',
        sizeBytes: 0,
        modifiedMs,
        key: keyOfText(`${node.type} ${node.device}`, primitives),
      };
  }
}

/** That of a single blob is its id, because most files have one. */
function keyOfContent(content: TreeNode['content'], primitives: Primitives): ByteString {
  if (content === null) return NO_KEY;
  const [only, ...others] = content;
  if (only !== undefined && others.length === 0) return keyOfId(only);
  return keyOfText(content.join(''), primitives);
}

function keyOfText(text: string, primitives: Primitives): ByteString {
  return bytesToByteString(primitives.sha256(byteStringToBytes(text as ByteString)).subarray(0, KEY_BYTES));
}

/** 0 for a time that cannot be read: foreign trees have such. */
function readMs(time: string | undefined): number {
  if (time === undefined) return 0;
  try {
    const { sec, nsec } = parseTime(time);
    return sec * 1000 + Math.floor(nsec / 1e6);
  } catch {
    return 0;
  }
}

/** What was found in folders, as texts: kept while there is room, as each folder is told once per snapshot and path. */
import type { ByteString } from '#base/byte-string.ts';
import { CONTENT_KEY_BYTES, type FoundNodes } from '#pipeline/search-types.ts';
import { bytesToByteString } from '#base/byte-string.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { parseTree } from '#format/tree.ts';

/** A node's text has about 250 bytes, so some 130 000 of them. */
const FOUND_BYTES_KEPT = 32 << 20;

export interface PackedFound {
  /** Nodes' texts joined by commas. */
  readonly texts: ByteString;
  readonly contentKeys: Uint8Array;
}

export interface FoundNode {
  readonly node: TreeNode;
  /** Equal when type and content are. */
  readonly contentKey: string;
}

export class FoundCache {
  readonly #kept = new Map<number, PackedFound>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = FOUND_BYTES_KEPT) {
    this.#maxBytes = maxBytes;
  }

  get(folder: number): PackedFound | undefined {
    return this.#kept.get(folder);
  }

  /** Takes apart what was found in several folders together. */
  addAll(folders: readonly number[], counts: ArrayLike<number>, found: FoundNodes): void {
    let textAt = 0;
    let keyAt = 0;
    for (const [tree, folder] of folders.entries()) {
      const textEnd = textAt + found.textLengths[tree]!;
      const keyEnd = keyAt + counts[tree]! * CONTENT_KEY_BYTES;
      if (counts[tree]! > 0) {
        const texts = found.texts.slice(textAt, textEnd) as ByteString;
        this.#add(folder, { texts, contentKeys: found.contentKeys.subarray(keyAt, keyEnd) });
      }
      textAt = textEnd;
      keyAt = keyEnd;
    }
  }

  #add(folder: number, found: PackedFound): void {
    const bytes = found.texts.length + found.contentKeys.length;
    if (this.#bytes + bytes > this.#maxBytes) return;
    this.#bytes += bytes;
    this.#kept.set(folder, found);
  }
}

export function readFound({ texts, contentKeys }: PackedFound): FoundNode[] {
  const tree = Buffer.from(`{"nodes":[${texts}]}\n`, 'latin1');
  return parseTree(tree).nodes.map((node, i) => ({
    node,
    contentKey: bytesToByteString(contentKeys.subarray(i * CONTENT_KEY_BYTES, (i + 1) * CONTENT_KEY_BYTES)),
  }));
}

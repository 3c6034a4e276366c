/**
 * What the nodes of a tree refer to, for whoever judges every tree of a repository: names, kinds, sizes and ids without an
 * object per node. Nodes in the plainest canonical form take a short cut that checks their whole form but takes out
 * only these; all others go through the general parser, which gives the same. Source: repository format, section 10.
 */
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { ID_BYTES } from '#base/ids.ts';
import { parseTree } from '#format/tree.ts';
import { CANONICAL_NODE_PATTERN } from '#format/tree-node-parser.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';

export interface ReferenceVisitor {
  /**
   * In stored order. For a file `contentCount` ids were appended to the list given beside the visitor, -1 stands for a null
   * content; for other types it means nothing. `subtree` in hex.
   */
  node(
    name: ByteString,
    type: NodeType,
    sizeBytes: number,
    contentCount: number,
    subtree: string | undefined,
  ): void;
}

const TREE_START = '{"nodes":[';

/** Groups of the canonical pattern that are taken out: name, type, size, the two kinds of attributes, content, subtree. */
const TAKEN_GROUPS: ReadonlySet<number> = new Set([1, 2, 13, 17, 18, 20, 21]);

/** The canonical pattern with all other groups only matched. */
function shortPattern(): RegExp {
  let group = 0;
  const source = CANONICAL_NODE_PATTERN.replace(/\((?!\?)/g, () => (TAKEN_GROUPS.has(++group) ? '(' : '(?:'));
  return new RegExp(source, 'y');
}

const SHORT_NODE = shortPattern();

const SIMPLE_TYPES: ReadonlySet<string> = new Set<NodeType>([
  'file',
  'dir',
  'symlink',
  'dev',
  'chardev',
  'fifo',
  'socket',
]);

/** Appends content ids to `contentIds` and tells the visitor of each node. @throws FormatError */
export function scanTreeReferences(bytes: Uint8Array, contentIds: IdList, visitor: ReferenceVisitor): void {
  const text = bytesToByteString(bytes);
  const start = contentIds.length;
  const nodes: ShortNode[] = [];
  if (scanShortNodes(text, contentIds, nodes)) {
    for (const { name, type, sizeBytes, contentCount, subtree } of nodes)
      visitor.node(name, type, sizeBytes, contentCount, subtree);
    return;
  }
  contentIds.length = start;
  for (const node of parseTree(bytes).nodes) visitNode(node, contentIds, visitor);
}

interface ShortNode {
  readonly name: ByteString;
  readonly type: NodeType;
  readonly sizeBytes: number;
  readonly contentCount: number;
  readonly subtree: string | undefined;
}

/** False when the general parser must decide. Nobody is told before the whole tree is known to be well-formed. */
function scanShortNodes(text: ByteString, contentIds: IdList, nodes: ShortNode[]): boolean {
  // Escapes are rare, and whether they are right is for the general parser.
  if (!text.startsWith(TREE_START) || text.includes('\\')) return false;
  let at = TREE_START.length;
  if (text[at] !== ']') {
    for (;;) {
      SHORT_NODE.lastIndex = at;
      const match = SHORT_NODE.exec(text);
      if (match === null) return false;
      const [, name, type, size, extended, generic, content, subtree] = match;
      if (extended !== undefined || generic !== undefined || !SIMPLE_TYPES.has(type!)) return false;
      const contentCount =
        content === 'null' ? -1 : type === 'file' ? contentIds.addJson(content!) : undefined;
      if (contentCount === undefined) return false;
      nodes.push({
        name: name as ByteString,
        type: type as NodeType,
        sizeBytes: size === undefined ? 0 : Number(size),
        contentCount,
        subtree,
      });
      at = SHORT_NODE.lastIndex;
      if (text[at] === ']') break;
      if (text[at] !== ',') return false;
      at++;
    }
  }
  const rest = text.length - at;
  return text.startsWith(']}', at) && (rest === 2 || (rest === 3 && text.endsWith('\n')));
}

function visitNode(
  { name, type, size, content, subtree }: TreeNode,
  contentIds: IdList,
  visitor: ReferenceVisitor,
): void {
  const ids = type === 'file' ? content : null;
  for (const id of ids ?? []) contentIds.add(id);
  visitor.node(name, type, Number(size), ids === null ? -1 : ids.length, subtree);
}

/** `"`, 64 digits, `"`, and a comma between two. */
const CONTENT_STEP = 67;
const HEX_DIGITS = 64;
const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;

/** Value of a lower-case hex digit; 255 for all other characters. */
const HEX_VALUE = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return value < 0 ? 255 : value;
});

/** Ids as bytes in one growing array. */
export class IdList {
  /** In ids; may be lowered. */
  length = 0;
  #bytes = new Uint8Array(256 * ID_BYTES);

  add(hexId: string): void {
    if (!this.#addHex(hexId, 0)) throw new RangeError('not an id');
  }

  /** A JSON array of ids without white space: how many were added; undefined, and nothing added, when it is anything else. */
  addJson(json: string): number | undefined {
    if (json === '[]') return 0;
    const count = (json.length - 1) / CONTENT_STEP;
    const start = this.length;
    for (let i = 0; i < count; i++) {
      const at = 1 + i * CONTENT_STEP;
      const isQuoted = json.charCodeAt(at) === QUOTE && json.charCodeAt(at + HEX_DIGITS + 1) === QUOTE;
      const separator = json.charCodeAt(at + HEX_DIGITS + 2);
      const isSeparated = separator === (i === count - 1 ? CLOSING_BRACKET : COMMA);
      if (isQuoted && isSeparated && this.#addHex(json, at + 1)) continue;
      this.length = start;
      return undefined;
    }
    return Number.isInteger(count) ? count : undefined;
  }

  /** A copy of exactly the ids. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.length * ID_BYTES);
  }

  /** Is the id at this place all zero? */
  isNullAt(position: number): boolean {
    const start = position * ID_BYTES;
    for (let i = start; i < start + ID_BYTES; i++) if (this.#bytes[i] !== 0) return false;
    return true;
  }

  #addHex(text: string, at: number): boolean {
    if ((this.length + 1) * ID_BYTES > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const out = this.length * ID_BYTES;
    let seen = 0;
    for (let i = 0; i < ID_BYTES; i++) {
      const high = HEX_VALUE[text.charCodeAt(at + 2 * i)]!;
      const low = HEX_VALUE[text.charCodeAt(at + 2 * i + 1)]!;
      seen |= high | low;
      this.#bytes[out + i] = (high << 4) | low;
    }
    if (seen >= 16) return false;
    this.length++;
    return true;
  }
}

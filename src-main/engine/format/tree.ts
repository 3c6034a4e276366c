/**
 * Trees: the nodes of one folder as JSON, byte for byte as restic writes them, because a tree's id is the hash of
 * these bytes. Owns the canonical writing and the frame around the nodes; reading one node is tree-node-parser.ts.
 * Invariant: a tree is written only with its names strictly ascending by bytes. Times and ids go in as they are.
 * Source: repository format, sections 10 and 11.2.
 */
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { FormatError } from '#format/format-error.ts';
import { JsonFields, splitArray } from '#format/json-fields.ts';
import { encodeJsonString, encodeJsonText } from '#format/json-text.ts';
import { decodeName, encodeName } from '#format/name-quoting.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { parseNode, parseNodesAt, type NodeReport } from '#format/tree-node-parser.ts';
import { isValidUtf8 } from '#format/utf8.ts';

const TREE_START = '{"nodes":[';
const TREE_END = ']}\n';
const NODE_START = '{"name":"';

/** What restic makes of a time that was absent. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Canonical JSON of one node. */
export function encodeNode(node: TreeNode): ByteString {
  const mtime = node.mtime ?? ZERO_TIME;
  let json =
    `${NODE_START}${encodeName(node.name)}","type":"${node.type}"` +
    (node.mode === 0 ? '' : `,"mode":${node.mode}`) +
    `,"mtime":"${mtime}","atime":"${node.atime ?? ZERO_TIME}","ctime":"${node.ctime ?? ZERO_TIME}"` +
    `,"uid":${node.uid},"gid":${node.gid}`;
  if (node.user) json += `,"user":${encodeJsonText(node.user)}`;
  if (node.group) json += `,"group":${encodeJsonText(node.group)}`;
  if (node.inode !== 0n) json += `,"inode":${node.inode}`;
  if (node.deviceId !== 0n) json += `,"device_id":${node.deviceId}`;
  if (node.size !== 0n) json += `,"size":${node.size}`;
  if (node.links !== 0) json += `,"links":${node.links}`;
  if (node.linkTarget) json += encodeLinkTarget(node.linkTarget);
  if (node.extendedAttributes?.length) json += encodeExtendedAttributes(node.extendedAttributes);
  if (node.genericAttributes?.length) json += encodeGenericAttributes(node.genericAttributes);
  if (node.device !== 0n) json += `,"device":${node.device}`;
  json += node.content === null ? ',"content":null' : encodeContent(node.content);
  if (node.subtree !== undefined) json += `,"subtree":"${node.subtree}"`;
  if (node.error) json += `,"error":${encodeJsonText(node.error)}`;
  return `${json}}` as ByteString;
}

function encodeContent(content: readonly string[]): string {
  return content.length === 0 ? ',"content":[]' : `,"content":["${content.join('","')}"]`;
}

function encodeLinkTarget(target: ByteString): string {
  const json = `,"linktarget":${encodeJsonString(target)}`;
  return isValidUtf8(target) ? json : `${json},"linktarget_raw":"${toBase64(byteStringToBytes(target))}"`;
}

function encodeExtendedAttributes(attributes: NonNullable<TreeNode['extendedAttributes']>): string {
  const parts = attributes.map(
    ({ name, value }) => `{"name":${encodeJsonText(name)},"value":"${toBase64(value)}"}`,
  );
  return `,"extended_attributes":[${parts.join(',')}]`;
}

/** Keys sorted, as Go writes a map. */
function encodeGenericAttributes(attributes: NonNullable<TreeNode['genericAttributes']>): string {
  const parts = attributes
    .map(({ key, json }) => [encodeJsonText(key), bytesToByteString(Buffer.from(json, 'utf8'))] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, json]) => `${key}:${json}`);
  return `,"generic_attributes":{${parts.join(',')}}`;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * A tree blob's bytes from its nodes' canonical JSON, which must be in order.
 * @throws FormatError when the names are not strictly ascending by bytes: restic refuses such trees.
 */
export function encodeTree(nodeTexts: readonly ByteString[]): Uint8Array {
  assertAscending(nodeTexts);
  return Buffer.from(TREE_START + nodeTexts.join(',') + TREE_END, 'latin1');
}

function assertAscending(nodeTexts: readonly ByteString[]): void {
  let previous: ByteString | undefined;
  for (const text of nodeTexts) {
    const name = nameOfNodeText(text);
    if (previous !== undefined && previous >= name) {
      throw new FormatError('names in a tree must be strictly ascending');
    }
    previous = name;
  }
}

/** The name in a node's canonical JSON. */
export function nameOfNodeText(nodeText: ByteString): ByteString {
  const end = nodeText.indexOf('","type":"', NODE_START.length);
  if (!nodeText.startsWith(NODE_START) || end < 0) throw new FormatError('node is not in canonical form');
  return decodeName(nodeText.slice(NODE_START.length, end) as ByteString);
}

export interface ParsedTree {
  /** In stored order, which other writers may have got wrong. */
  readonly nodes: readonly TreeNode[];
  /** Some field was not understood; a tree encoded from these nodes would lack it. */
  readonly hasUnknownFields: boolean;
}

/**
 * Reads a tree blob. Names and times are not judged: see `isSafeName` and `parseTime`. Strings of the result may
 * keep the text of the whole tree in memory.
 * @throws FormatError
 */
export function parseTree(bytes: Uint8Array): ParsedTree {
  const text = bytesToByteString(bytes);
  const report: NodeReport = { hasUnknownFields: false };
  if (text.startsWith(TREE_START)) {
    const nodes: TreeNode[] = [];
    const end = parseNodesAt(text, TREE_START.length, nodes, report);
    if (end >= 0 && isFrameEnd(text, end)) return { nodes, hasUnknownFields: report.hasUnknownFields };
  }
  return parseAnyTree(text);
}

/** `]}` with or without the newline. */
function isFrameEnd(text: ByteString, position: number): boolean {
  return (
    (text.startsWith(TREE_END, position) && text.length === position + TREE_END.length) ||
    (text.startsWith(']}', position) && text.length === position + 2)
  );
}

const TREE_FIELDS = new Set(['nodes']);

function parseAnyTree(text: ByteString): ParsedTree {
  const fields = new JsonFields(text, TREE_FIELDS);
  const report: NodeReport = { hasUnknownFields: fields.unknown.length > 0 };
  const raw = fields.raw('nodes');
  const nodes = raw === undefined ? [] : splitArray(raw).map((json) => parseNode(json, report));
  return { nodes, hasUnknownFields: report.hasUnknownFields };
}

/**
 * May this name be created on a disk? False for what only a hostile or damaged repository contains: empty, `.`,
 * `..`, and names with `/` or NUL. Rules of particular systems come on top.
 */
export function isSafeName(name: ByteString): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

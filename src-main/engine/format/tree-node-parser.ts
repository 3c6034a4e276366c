/**
 * Reads the nodes of a tree. Nodes in the form restic writes are taken apart by one regular expression, which is the
 * fastest way through text JavaScript has; a node of any other form goes through the general parser, with the same
 * result. Every node of every parent snapshot passes here on each backup.
 * Source: repository format, sections 10 and 11.1.
 */
import { bytesToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { isId, type BlobId } from '#base/ids.ts';
import { FormatError } from '#format/format-error.ts';
import {
  JsonFields,
  readJsonBase64,
  readJsonId,
  skipJsonValue,
  splitArray,
  splitObject,
} from '#format/json-fields.ts';
import { decodeJsonString, decodeJsonText } from '#format/json-text.ts';
import { decodeName, unquoteName } from '#format/name-quoting.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';

/** What the parser noticed, over all nodes it was given. */
export interface NodeReport {
  hasUnknownFields: boolean;
}

type NodeDraft = { -readonly [Field in keyof TreeNode]: TreeNode[Field] };

const NODE_TYPES: ReadonlySet<string> = new Set<NodeType>([
  'file',
  'dir',
  'symlink',
  'dev',
  'chardev',
  'fifo',
  'socket',
  'irregular',
  '',
]);

const MAX_UINT32 = 2 ** 32 - 1;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Body of a JSON string. */
const BODY = String.raw`([^"\\\0-\x1f]*(?:\\.[^"\\\0-\x1f]*)*)`;
const TIME = String.raw`([0-9TZ:.+-]+)`;
const UINT = String.raw`(0|[1-9][0-9]{0,19})`;
const HEX_ID = `([0-9a-f]{64})`;
/**
 * Objects in an object, no deeper. This and the list of attributes may end too early at a bracket inside a string;
 * then what follows cannot match, because a string's own quotes are escaped.
 */
const OBJECT = String.raw`(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})`;

export const CANONICAL_NODE_PATTERN =
  `\\{"name":"${BODY}","type":"([a-z]*)"(?:,"mode":${UINT})?` +
  `,"mtime":"${TIME}","atime":"${TIME}","ctime":"${TIME}","uid":${UINT},"gid":${UINT}` +
  `(?:,"user":"${BODY}")?(?:,"group":"${BODY}")?` +
  `(?:,"inode":${UINT})?(?:,"device_id":${UINT})?(?:,"size":${UINT})?(?:,"links":${UINT})?` +
  `(?:,"linktarget":"${BODY}")?(?:,"linktarget_raw":"([A-Za-z0-9+/=]*)")?` +
  String.raw`(?:,"extended_attributes":(\[[^\]]*\]))?(?:,"generic_attributes":${OBJECT})?` +
  String.raw`(?:,"device":${UINT})?,"content":(null|\[[^\]]*\])(?:,"subtree":"${HEX_ID}")?\}`;

const CANONICAL_NODE = new RegExp(CANONICAL_NODE_PATTERN, 'y');

/**
 * Reads nodes from `position`, behind the opening bracket, into `nodes`. Returns the position of the closing
 * bracket, or -1 when something between the nodes is unusual.
 * @throws FormatError for a node that is not valid.
 */
export function parseNodesAt(
  text: ByteString,
  position: number,
  nodes: TreeNode[],
  report: NodeReport,
): number {
  if (text[position] === ']') return position;
  let at = position;
  for (;;) {
    if (text[at] !== '{') return -1;
    CANONICAL_NODE.lastIndex = at;
    const match = CANONICAL_NODE.exec(text);
    const node = match === null ? undefined : nodeFromMatch(match, report);
    if (node !== undefined) {
      nodes.push(node);
      at = CANONICAL_NODE.lastIndex;
    } else {
      const end = skipJsonValue(text, at);
      nodes.push(parseNode(text.slice(at, end) as ByteString, report));
      at = end;
    }
    if (text[at] === ']') return at;
    if (text[at] !== ',') return -1;
    at += 1;
  }
}

/** Undefined when the general parser must decide. */
function nodeFromMatch(match: RegExpExecArray, report: NodeReport): TreeNode | undefined {
  const [, name, type, mode, mtime, atime, ctime, uid, gid, user, group, inode, deviceId, size, links] =
    match;
  const [target, rawTarget, extended, generic, device, contentJson, subtree] = match.slice(15);
  const content = readContent(contentJson as ByteString);
  if (content === undefined || !NODE_TYPES.has(type as string)) return undefined;
  const node: NodeDraft = {
    name: decodeName(name as ByteString),
    type: type as NodeType,
    mode: readNumber(mode),
    mtime: mtime as string,
    atime: atime as string,
    ctime: ctime as string,
    uid: Number(uid),
    gid: Number(gid),
    inode: readBigInt(inode),
    deviceId: readBigInt(deviceId),
    size: readBigInt(size),
    links: readNumber(links),
    device: readBigInt(device),
    content,
  };
  if (user !== undefined) node.user = decodeJsonText(user as ByteString);
  if (group !== undefined) node.group = decodeJsonText(group as ByteString);
  if (subtree !== undefined) node.subtree = subtree as BlobId;
  if (target !== undefined) node.linkTarget = decodeJsonString(target as ByteString);
  if (rawTarget !== undefined) node.linkTarget = readRawTarget(`"${rawTarget}"` as ByteString);
  if (extended !== undefined)
    node.extendedAttributes = parseExtendedAttributes(extended as ByteString, report);
  if (generic !== undefined) node.genericAttributes = parseGenericAttributes(generic as ByteString);
  return isInRange(node) ? node : undefined;
}

function readNumber(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits);
}

function readBigInt(digits: string | undefined): bigint {
  return digits === undefined ? 0n : BigInt(digits);
}

function isInRange(node: TreeNode): boolean {
  return (
    node.mode <= MAX_UINT32 &&
    node.uid <= MAX_UINT32 &&
    node.gid <= MAX_UINT32 &&
    node.inode <= MAX_UINT64 &&
    node.deviceId <= MAX_UINT64 &&
    node.size <= MAX_UINT64 &&
    node.device <= MAX_UINT64 &&
    node.links <= Number.MAX_SAFE_INTEGER
  );
}

/** `"`, 64 digits, `"`, and a comma between two. */
const CONTENT_STEP = 67;

/** Ids of a content list without white space; undefined when it is anything else. */
function readContent(json: ByteString): readonly BlobId[] | null | undefined {
  if (json === 'null') return null;
  if (json === '[]') return [];
  const count = (json.length - 1) / CONTENT_STEP;
  if (!Number.isInteger(count)) return undefined;
  const ids: BlobId[] = [];
  for (let i = 0; i < count; i++) {
    const start = 2 + i * CONTENT_STEP;
    const id = json.slice(start, start + 64);
    const isQuoted = json[start - 1] === '"' && json[start + 64] === '"';
    const separator = i === count - 1 ? ']' : ',';
    if (!isQuoted || json[start + 65] !== separator || !isId(id)) return undefined;
    ids.push(id as BlobId);
  }
  return ids;
}

const NODE_FIELDS = new Set([
  'name',
  'type',
  'mode',
  'mtime',
  'atime',
  'ctime',
  'uid',
  'gid',
  'user',
  'group',
  'inode',
  'device_id',
  'size',
  'links',
  'linktarget',
  'linktarget_raw',
  'extended_attributes',
  'generic_attributes',
  'device',
  'content',
  'subtree',
  'error',
]);

/** One node in any valid JSON. @throws FormatError */
export function parseNode(json: ByteString, report: NodeReport): TreeNode {
  const fields = new JsonFields(json, NODE_FIELDS);
  if (fields.unknown.length > 0) report.hasUnknownFields = true;
  const type = fields.text('type') ?? '';
  if (!NODE_TYPES.has(type))
    throw new FormatError(`node of unknown type ${JSON.stringify(type.slice(0, 40))}`);
  const node: NodeDraft = {
    name: unquoteName(fields.bytes('name') ?? ('' as ByteString)),
    type: type as NodeType,
    mode: fields.number('mode', MAX_UINT32) ?? 0,
    uid: fields.number('uid', MAX_UINT32) ?? 0,
    gid: fields.number('gid', MAX_UINT32) ?? 0,
    inode: fields.integer('inode', MAX_UINT64) ?? 0n,
    deviceId: fields.integer('device_id', MAX_UINT64) ?? 0n,
    size: fields.integer('size', MAX_UINT64) ?? 0n,
    links: fields.number('links') ?? 0,
    device: fields.integer('device', MAX_UINT64) ?? 0n,
    content: fields.elements('content')?.map((id) => readJsonId<BlobId>(id)) ?? null,
  };
  for (const field of ['mtime', 'atime', 'ctime', 'user', 'group', 'error'] as const) {
    const text = fields.text(field);
    if (text !== undefined) node[field] = text;
  }
  addParts(node, fields, report);
  return node;
}

function addParts(node: NodeDraft, fields: JsonFields, report: NodeReport): void {
  const subtree = fields.id<BlobId>('subtree');
  if (subtree !== undefined) node.subtree = subtree;
  const target = fields.bytes('linktarget');
  if (target !== undefined) node.linkTarget = target;
  const rawTarget = fields.raw('linktarget_raw');
  if (rawTarget !== undefined) node.linkTarget = readRawTarget(rawTarget);
  const extended = fields.raw('extended_attributes');
  if (extended !== undefined) node.extendedAttributes = parseExtendedAttributes(extended, report);
  const generic = fields.raw('generic_attributes');
  if (generic !== undefined) node.genericAttributes = parseGenericAttributes(generic);
}

function readRawTarget(json: ByteString): ByteString {
  return bytesToByteString(readJsonBase64(json));
}

const ATTRIBUTE_FIELDS = new Set(['name', 'value']);

/** A value of null occurs and means empty. */
function parseExtendedAttributes(json: ByteString, report: NodeReport): ExtendedAttribute[] {
  return splitArray(json).map((element) => {
    const fields = new JsonFields(element, ATTRIBUTE_FIELDS);
    if (fields.unknown.length > 0) report.hasUnknownFields = true;
    return { name: fields.text('name') ?? '', value: fields.base64('value') ?? new Uint8Array(0) };
  });
}

function parseGenericAttributes(json: ByteString): { key: string; json: string }[] {
  return splitObject(json).map(({ key, value }) => ({ key: toDisplay(key), json: toDisplay(value) }));
}

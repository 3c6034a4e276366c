/**
 * Structure of JSON without loss: objects and arrays are cut into the raw text of their parts, so that 64-bit
 * integers keep every digit and unknown fields can be written again as they were. Used wherever speed does not
 * matter; trees and index files have faster paths and come here for odd input.
 * Keys match exactly, else without regard to case, and the last of several wins: as in restic.
 * Source: repository format, 11.1.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { isId } from '#base/ids.ts';
import { FormatError } from '#format/format-error.ts';
import { decodeJsonString } from '#format/json-text.ts';

/** Deeper JSON is nobody's data; the limit keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 200;

const WHITE_SPACE = /[ \t\n\r]*/y;
const STRING = /"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\0-\x1f]*)*"/y;
const SCALAR = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![\w.+-])/y;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export interface JsonMember {
  readonly key: ByteString;
  /** Raw JSON text. */
  readonly value: ByteString;
}

export function skipWhiteSpace(json: ByteString, position: number): number {
  const code = json.charCodeAt(position);
  if (code > 0x20) return position;
  return matchEnd(WHITE_SPACE, json, position);
}

/**
 * Position behind the value that starts at `position` (no white space before it).
 * @throws FormatError when there is no valid JSON value.
 */
export function skipJsonValue(json: ByteString, position: number, depth = 0): number {
  const first = json[position];
  if (first === '{' || first === '[') {
    if (depth >= MAX_DEPTH) throw new FormatError('JSON is nested too deeply');
    return walkContainer(json, position, depth, () => undefined);
  }
  const end = matchEnd(first === '"' ? STRING : SCALAR, json, position);
  if (end === position) throw malformed(position);
  return end;
}

/** Members in their order. @throws FormatError when the text is not one JSON object. */
export function splitObject(json: ByteString): JsonMember[] {
  const members: JsonMember[] = [];
  splitContainer(json, '{', (key, start, end) => {
    members.push({ key, value: json.slice(start, end) as ByteString });
  });
  return members;
}

/** Raw elements. @throws FormatError when the text is not one JSON array. */
export function splitArray(json: ByteString): ByteString[] {
  const elements: ByteString[] = [];
  splitContainer(json, '[', (_key, start, end) => {
    elements.push(json.slice(start, end) as ByteString);
  });
  return elements;
}

type PartVisitor = (key: ByteString, start: number, end: number) => void;

function splitContainer(json: ByteString, opening: string, visit: PartVisitor): void {
  const start = skipWhiteSpace(json, 0);
  if (json[start] !== opening)
    throw new FormatError(`JSON: ${opening === '{' ? 'object' : 'array'} expected`);
  const end = walkContainer(json, start, 0, visit);
  if (skipWhiteSpace(json, end) !== json.length) throw malformed(end);
}

/** Walks the object or array that starts at `position`; keys of array elements are empty. */
function walkContainer(json: ByteString, position: number, depth: number, visit: PartVisitor): number {
  const isObject = json[position] === '{';
  const closing = isObject ? '}' : ']';
  let at = skipWhiteSpace(json, position + 1);
  if (json[at] === closing) return at + 1;
  for (;;) {
    let key = '' as ByteString;
    if (isObject) {
      const keyEnd = matchEnd(STRING, json, at);
      if (keyEnd === at) throw malformed(at);
      key = decodeJsonString(json.slice(at + 1, keyEnd - 1) as ByteString);
      at = skipWhiteSpace(json, keyEnd);
      if (json[at] !== ':') throw malformed(at);
      at = skipWhiteSpace(json, at + 1);
    }
    const end = skipJsonValue(json, at, depth + 1);
    visit(key, at, end);
    at = skipWhiteSpace(json, end);
    if (json[at] === closing) return at + 1;
    if (json[at] !== ',') throw malformed(at);
    at = skipWhiteSpace(json, at + 1);
  }
}

function matchEnd(pattern: RegExp, json: ByteString, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(json) ? pattern.lastIndex : position;
}

function malformed(position: number): FormatError {
  return new FormatError(`JSON is malformed at byte ${position}`);
}

/** @throws FormatError when it is not a JSON string. */
export function readJsonString(value: ByteString): ByteString {
  if (value[0] !== '"' || matchEnd(STRING, value, 0) !== value.length)
    throw new FormatError('string expected');
  return decodeJsonString(value.slice(1, -1) as ByteString);
}

/** Lower-case id. @throws FormatError when the value is not a string of 64 hex digits. */
export function readJsonId<Id extends string>(value: ByteString): Id {
  const id = readJsonString(value).toLowerCase();
  if (!isId(id)) throw new FormatError('id of 64 hex digits expected');
  return id as Id;
}

/** Standard base64 with padding. @throws FormatError */
export function readJsonBase64(value: ByteString): Uint8Array {
  const text = readJsonString(value);
  if (!BASE64.test(text)) throw new FormatError('base64 expected');
  return Buffer.from(text, 'base64');
}

/** The fields of one JSON object, read by name. A field that is `null` counts as absent. */
export class JsonFields {
  /** Members that are not among the known keys, in their order. */
  readonly unknown: readonly JsonMember[];
  readonly #values = new Map<string, ByteString>();

  /** @throws FormatError when the text is not one JSON object. */
  constructor(json: ByteString, knownKeys: ReadonlySet<string>) {
    const unknown: JsonMember[] = [];
    for (const member of splitObject(json)) {
      const key = knownKeys.has(member.key) ? member.key : member.key.toLowerCase();
      if (knownKeys.has(key)) this.#values.set(key, member.value);
      else unknown.push(member);
    }
    this.unknown = unknown;
  }

  /** Raw JSON text. */
  raw(key: string): ByteString | undefined {
    const value = this.#values.get(key);
    return value === 'null' ? undefined : value;
  }

  bytes(key: string): ByteString | undefined {
    return this.#read(key, readJsonString);
  }

  text(key: string): string | undefined {
    return this.#read(key, (value) => toDisplay(readJsonString(value)));
  }

  id<Id extends string>(key: string): Id | undefined {
    return this.#read(key, (value) => readJsonId<Id>(value));
  }

  base64(key: string): Uint8Array | undefined {
    return this.#read(key, readJsonBase64);
  }

  /** Not negative, at most `max`. */
  integer(key: string, max: bigint): bigint | undefined {
    return this.#read(key, (value) => {
      if (!INTEGER.test(value)) throw new FormatError('integer expected');
      const integer = BigInt(value);
      if (integer < 0n || integer > max) throw new FormatError('number out of range');
      return integer;
    });
  }

  /** Not negative, at most `max`. */
  number(key: string, max: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.integer(key, BigInt(max));
    return value === undefined ? undefined : Number(value);
  }

  boolean(key: string): boolean | undefined {
    return this.#read(key, (value) => {
      if (value !== 'true' && value !== 'false') throw new FormatError('true or false expected');
      return value === 'true';
    });
  }

  /** Raw elements of an array. */
  elements(key: string): ByteString[] | undefined {
    return this.#read(key, splitArray);
  }

  texts(key: string): string[] | undefined {
    return this.#read(key, (value) => splitArray(value).map((element) => toDisplay(readJsonString(element))));
  }

  #read<T>(key: string, read: (value: ByteString) => T): T | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new FormatError(`field ${key}: ${error.message}`);
    }
  }
}

/** @throws FormatError when a field that must be there is not. */
export function required<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new FormatError(`field ${key} is missing`);
  return value;
}

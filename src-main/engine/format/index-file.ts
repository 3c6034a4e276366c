/**
 * Index files: which blob lies where in which pack. Parsing hands every blob to a visitor and makes no object per
 * blob, because ten million of them are read whenever a large repository is opened: files in restic's own form are
 * scanned byte by byte (index-scan.ts), any other valid JSON goes through the slow general path here.
 * Does not own the union of index files nor the lookup. `supersedes` and unknown fields are ignored.
 * Source: repository format, section 8.
 */
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { ID_BYTES, idToBytes, type PackId } from '#base/ids.ts';
import { FormatError } from '#format/format-error.ts';
import { IndexColumns, type IndexVisitor } from '#format/index-columns.ts';
import { JsonFields, required } from '#format/json-fields.ts';
import { scanCanonicalIndex } from '#format/index-scan.ts';
import type { PackEntry } from '#format/pack-header.ts';

/** An index file is turned into bytes in portions of about this size. */
const PORTION_CHARACTERS = 1 << 16;

/** One pack with all its blobs. */
export interface IndexedPack {
  readonly id: PackId;
  readonly entries: Iterable<PackEntry>;
}

/** The JSON of an index file. Packs keep their order, blobs too. */
export function encodeIndex(packs: Iterable<IndexedPack>): Uint8Array {
  const portions = [...asciiPortions(encodePacks(packs))];
  const json = new Uint8Array(portions.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const portion of portions) {
    json.set(portion, at);
    at += portion.length;
  }
  return json;
}

function* encodePacks(packs: Iterable<IndexedPack>): Generator<string> {
  yield '{"packs":[';
  let beforePack = '';
  for (const { id, entries } of packs) {
    yield `${beforePack}{"id":"${id}","blobs":[`;
    let beforeEntry = '';
    for (const entry of entries) {
      yield beforeEntry + encodeEntry(entry);
      beforeEntry = ',';
    }
    yield ']}';
    beforePack = ',';
  }
  yield ']}\n';
}

/** Bytes soon: the texts of 50 000 blobs, each by itself, take many times their room. */
function* asciiPortions(texts: Iterable<string>): Generator<Uint8Array> {
  let portion = '';
  for (const text of texts) {
    portion += text;
    if (portion.length < PORTION_CHARACTERS) continue;
    yield Buffer.from(portion, 'latin1');
    portion = '';
  }
  yield Buffer.from(portion, 'latin1');
}

function encodeEntry({ id, type, offset, sealedLength, uncompressedLength }: PackEntry): string {
  const hex = Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex');
  const uncompressed = uncompressedLength === 0 ? '' : `,"uncompressed_length":${uncompressedLength}`;
  return `{"id":"${hex}","type":"${type}","offset":${offset},"length":${sealedLength}${uncompressed}}`;
}

const INDEX_FIELDS = new Set(['packs', 'supersedes']);
const PACK_FIELDS = new Set(['id', 'blobs']);
const BLOB_FIELDS = new Set(['id', 'type', 'offset', 'length', 'uncompressed_length']);

/**
 * Reads one index file's JSON. The visitor is called only after all of it was found to be well-formed.
 * @throws FormatError
 */
export function parseIndex(json: Uint8Array, visitor: IndexVisitor): void {
  const columns = scanCanonicalIndex(json) ?? parseAnyIndex(bytesToByteString(json));
  columns.replay(visitor);
}

function parseAnyIndex(text: ByteString): IndexColumns {
  if (/^\s*\[/.test(text)) throw new FormatError('index is of an ancient form that is not supported');
  const columns = new IndexColumns(text.length);
  for (const pack of new JsonFields(text, INDEX_FIELDS).elements('packs') ?? []) {
    const fields = new JsonFields(pack, PACK_FIELDS);
    columns.addPack(required(fields.id<PackId>('id'), 'id'));
    for (const blob of fields.elements('blobs') ?? []) parseAnyBlob(blob, columns);
  }
  return columns;
}

function parseAnyBlob(text: ByteString, columns: IndexColumns): void {
  const fields = new JsonFields(text, BLOB_FIELDS);
  const type = fields.text('type');
  if (type !== 'data' && type !== 'tree') throw new FormatError('blob of unknown type in an index');
  const slot = columns.nextSlot;
  columns.ids.set(idToBytes(required(fields.id<string>('id'), 'id')), slot * ID_BYTES);
  const offset = required(fields.number('offset'), 'offset');
  const sealedLength = required(fields.number('length'), 'length');
  columns.addBlob(type === 'tree', offset, sealedLength, fields.number('uncompressed_length') ?? 0);
}

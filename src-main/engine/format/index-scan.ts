/**
 * The fast way through an index file: byte by byte, for exactly the form restic and this program write. Whatever
 * differs (other order of fields, white space, unknown fields) makes it give up without judging; the general parser
 * then decides what is valid.
 * Source: repository format, section 8.
 */
import { bytesToId, ID_BYTES, type PackId } from '#base/ids.ts';
import { IndexColumns } from '#format/index-columns.ts';

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

const FILE_START = ascii('{"packs":[');
const SUPERSEDES_START = ascii('{"supersedes":[');
const PACKS_AFTER_SUPERSEDES = ascii('],"packs":[');
const FILE_END = ascii(']}');
const ID_START = ascii('{"id":"');
const BLOBS_START = ascii('","blobs":[');
const PACK_END = ascii(']}');
const TYPE_DATA = ascii('","type":"data","offset":');
const TYPE_TREE = ascii('","type":"tree","offset":');
const LENGTH = ascii(',"length":');
const UNCOMPRESSED_LENGTH = ascii(',"uncompressed_length":');

const COMMA = 0x2c;
const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;
const CLOSING_BRACKET = 0x5d;
const NEWLINE = 0x0a;
const DIGIT_0 = 0x30;
const HEX_DIGITS = 64;

/** Value of a lower-case hex digit; 255 for all other bytes. */
const HEX_VALUE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return value < 0 ? 255 : value;
});

/**
 * All of the index, or undefined when it is not in canonical form.
 * @throws FormatError when it is, but with impossible numbers.
 */
export function scanCanonicalIndex(json: Uint8Array): IndexColumns | undefined {
  const scan = new IndexScan(json);
  return scan.file() ? scan.columns : undefined;
}

/** Every method takes what it expects and moves on, or returns false. */
class IndexScan {
  readonly columns: IndexColumns;
  readonly #json: Uint8Array;
  readonly #packId = new Uint8Array(ID_BYTES);
  #at = 0;
  #number = 0;

  constructor(json: Uint8Array) {
    this.#json = json;
    this.columns = new IndexColumns(json.length);
  }

  file(): boolean {
    if (!this.#literal(FILE_START) && !this.#supersedes()) return false;
    if (this.#json[this.#at] !== CLOSING_BRACKET) {
      do {
        if (!this.#pack()) return false;
      } while (this.#byte(COMMA));
    }
    if (!this.#literal(FILE_END)) return false;
    this.#byte(NEWLINE);
    return this.#at === this.#json.length;
  }

  #supersedes(): boolean {
    if (!this.#literal(SUPERSEDES_START)) return false;
    do {
      if (!this.#byte(QUOTE) || !this.#hexId(this.#packId, 0) || !this.#byte(QUOTE)) return false;
    } while (this.#byte(COMMA));
    return this.#literal(PACKS_AFTER_SUPERSEDES);
  }

  #pack(): boolean {
    if (!this.#literal(ID_START) || !this.#hexId(this.#packId, 0) || !this.#literal(BLOBS_START))
      return false;
    this.columns.addPack(bytesToId<PackId>(this.#packId));
    if (this.#json[this.#at] !== CLOSING_BRACKET) {
      do {
        if (!this.#blob()) return false;
      } while (this.#byte(COMMA));
    }
    return this.#literal(PACK_END);
  }

  #blob(): boolean {
    const { columns } = this;
    const slot = columns.nextSlot;
    if (!this.#literal(ID_START) || !this.#hexId(columns.ids, slot * ID_BYTES)) return false;
    const isData = this.#literal(TYPE_DATA);
    if (!isData && !this.#literal(TYPE_TREE)) return false;
    if (!this.#integer()) return false;
    const offset = this.#number;
    if (!this.#literal(LENGTH) || !this.#integer()) return false;
    const sealedLength = this.#number;
    let uncompressedLength = 0;
    if (this.#json[this.#at] === COMMA) {
      if (!this.#literal(UNCOMPRESSED_LENGTH) || !this.#integer()) return false;
      uncompressedLength = this.#number;
    }
    if (!this.#byte(CLOSING_BRACE)) return false;
    columns.addBlob(!isData, offset, sealedLength, uncompressedLength);
    return true;
  }

  #byte(expected: number): boolean {
    if (this.#json[this.#at] !== expected) return false;
    this.#at += 1;
    return true;
  }

  #literal(expected: Uint8Array): boolean {
    const json = this.#json;
    const start = this.#at;
    for (let i = 0; i < expected.length; i++) {
      if (json[start + i] !== expected[i]) return false;
    }
    this.#at = start + expected.length;
    return true;
  }

  #hexId(out: Uint8Array, outOffset: number): boolean {
    const json = this.#json;
    const start = this.#at;
    if (start + HEX_DIGITS > json.length) return false;
    let seen = 0;
    for (let i = 0; i < ID_BYTES; i++) {
      const high = HEX_VALUE[json[start + 2 * i] as number] as number;
      const low = HEX_VALUE[json[start + 2 * i + 1] as number] as number;
      seen |= high | low;
      out[outOffset + i] = (high << 4) | low;
    }
    this.#at = start + HEX_DIGITS;
    return seen < 16;
  }

  /** Leaves the value in `#number`. */
  #integer(): boolean {
    const json = this.#json;
    const start = this.#at;
    let at = start;
    let value = 0;
    for (;;) {
      const digit = (json[at] as number) - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      at += 1;
    }
    const digits = at - start;
    this.#at = at;
    this.#number = value;
    return digits > 0 && (digits === 1 || json[start] !== DIGIT_0);
  }
}

/** What an archive holds: a zip file is read from its end, a tar archive from header to header. Nothing in it is kept. */
import { Reader, ZipReader } from '@zip.js/zip.js';
import { showName } from '../../../text/show-name.ts';
import type { ContentReader } from './content-reader.ts';
import { listTar } from './list-tar.ts';
import { isTar } from './preview-kinds.ts';

export interface Listed {
  readonly entries: readonly {
    /** As it is shown. */
    readonly name: string;
    readonly sizeBytes: number;
    readonly isFolder: boolean;
    readonly isLocked: boolean;
  }[];
  readonly isCut: boolean;
}

const MOST_ENTRIES = 2_000;
/** The list of an archive with half a million files; what claims more is no archive. */
const MOST_LIST_BYTES = 32 << 20;

/** @param head the beginning of the file @throws what reading throws; an error where it is damaged */
export function listArchive(reader: ContentReader, sizeBytes: number, head: Uint8Array): Promise<Listed> {
  if (isTar(head)) return listTarOf(reader, sizeBytes, false);
  const isZipped = head[0] === 0x1f;
  return isZipped ? listTarOf(reader, sizeBytes, true) : listZip(reader, sizeBytes);
}

async function listTarOf(reader: ContentReader, sizeBytes: number, isZipped: boolean): Promise<Listed> {
  const entries: Listed['entries'][number][] = [];
  const listing = listTar(reader, sizeBytes, isZipped);
  for (;;) {
    const next = await listing.next();
    if (next.done === true) return { entries, isCut: next.value };
    if (entries.length === MOST_ENTRIES) {
      await listing.return(true);
      return { entries, isCut: true };
    }
    entries.push({ ...next.value, name: showName(next.value.name), isLocked: false });
  }
}

/** From its end. Names that would lead out of a folder are only shown. */
async function listZip(reader: ContentReader, sizeBytes: number): Promise<Listed> {
  const zip = new ZipReader(new RangeReader(reader, sizeBytes), { strictness: 'tolerant' });
  const entries: Listed['entries'][number][] = [];
  for await (const { filename, uncompressedSize, directory, encrypted } of zip.getEntriesGenerator()) {
    if (entries.length === MOST_ENTRIES) return { entries, isCut: true };
    entries.push({
      name: showName(filename),
      sizeBytes: uncompressedSize,
      isFolder: directory,
      isLocked: encrypted,
    });
  }
  return { entries, isCut: false };
}

/** What zip.js reads from: ranges of the file in the backup place. */
class RangeReader extends Reader<ContentReader> {
  readonly #reader: ContentReader;

  constructor(reader: ContentReader, sizeBytes: number) {
    super(reader);
    this.#reader = reader;
    this.size = sizeBytes;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (length > MOST_LIST_BYTES) throw new RangeError('the list of the archive is too long');
    return this.#reader.read(index, length);
  }
}

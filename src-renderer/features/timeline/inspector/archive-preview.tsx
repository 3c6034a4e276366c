/** The list of what a zip file holds, read from its end: nothing in it is unpacked. Loaded when the first one is shown. */
import { Reader, ZipReader } from '@zip.js/zip.js';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { showName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import type { ContentReader } from './content-reader.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';

interface Listed {
  readonly entries: readonly {
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

export function ArchivePreview({ content, reader }: PreviewProps) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const listed = useAnswer(() => listArchive(reader, content.sizeBytes), [content.placeId, content.content]);
  if (listed.kind === 'refused') return <p className="preview-note">{words.archiveBroken}</p>;
  if (listed.value === undefined) return <PreviewSkeleton />;
  const { entries, isCut } = listed.value;
  return (
    <div className="archive-preview">
      <p className="hint">
        {isCut
          ? words.archiveCut(formats.count(entries.length))
          : words.archiveEntries(formats.count(entries.length))}
      </p>
      <ul>
        {entries.map(({ name, sizeBytes, isFolder, isLocked }, index) => (
          // A hostile archive may name the same twice.
          <li key={index}>
            <span>{name}</span>
            <span className="size">
              {isLocked && `${words.archiveLocked} · `}
              {!isFolder && formats.bytes(sizeBytes)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

async function listArchive(reader: ContentReader, sizeBytes: number): Promise<Listed> {
  const zip = new ZipReader(new RangeReader(reader, sizeBytes));
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

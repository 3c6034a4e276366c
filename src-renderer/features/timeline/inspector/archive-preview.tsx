/** The list of what a zip file or tar archive holds; nothing in it is kept. Loaded when the first one is shown. */
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { listArchive } from './list-archive.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';

export function ArchivePreview({ content, reader, head }: PreviewProps) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const listed = useAnswer(
    () => listArchive(reader, content.sizeBytes, head),
    [content.placeId, content.content],
  );
  if (listed.kind === 'refused') return <p className="preview-note">{words.archiveBroken}</p>;
  if (listed.value === undefined) return <PreviewSkeleton />;
  const { entries, isCut } = listed.value;
  return (
    <div className="archive-preview">
      <p className="hint">
        {isCut
          ? words.archiveCut(formats.count(entries.length))
          : words.archiveEntries(formats.count(entries.length), entries.length === 1)}
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

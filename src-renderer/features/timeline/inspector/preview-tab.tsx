/** The preview of the version in view, in the inspector and large over the page. */
import { ActionIcon } from '@mantine/core';
import { X } from 'lucide-react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { nameKey, showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistoryView } from '../view-store.ts';
import { Preview } from './preview.tsx';
import { PreviewSkeleton } from './preview-frame.tsx';
import { contentOf, type Subject } from './use-subject.ts';

export function PreviewTab({ subject }: { subject: Subject }) {
  const { inspector: words } = useWords();
  const { item, current, placeId, strip } = subject;
  const kind = current?.entryKind ?? item.kind;
  if (kind === 'folder') return <p className="preview-note">{words.isFolder}</p>;
  if (kind === 'symlink') return <p className="preview-note">{words.isLink}</p>;
  if (kind === 'other') return <p className="preview-note">{words.isOther}</p>;
  if (current === undefined)
    return strip.kind === 'asking' ? <PreviewSkeleton /> : <p className="preview-note">{words.isGone}</p>;
  const content = contentOf(current, placeId, item.path);
  if (content === null) return <p className="preview-note">{words.cannotFetch}</p>;
  return <Preview key={nameKey(item.path)} content={content} />;
}

/** Leaves the keys to the page: the arrows go on moving while it is open. */
export function LargePreview({ subject }: { subject: Subject }) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs(subject.current);
  const isOpen = useHistoryView((view) => view.isPreviewLarge);
  const set = useHistoryView((view) => view.set);
  if (!isOpen) return null;
  const name = showLastName(subject.item.path);
  const from = subject.current?.from.timeMs;
  return (
    <section className="large-preview" role="dialog" aria-label={words.previewOf(name)}>
      <header>
        <div>
          <h2>{name}</h2>
          {from !== undefined && <p>{words.atMoment(formats.moment(from, nowMs))}</p>}
        </div>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={words.closeLarge}
          onClick={() => set({ isPreviewLarge: false })}
        >
          <X size={17} strokeWidth={1.7} aria-hidden />
        </ActionIcon>
      </header>
      <div className="body">
        <PreviewTab subject={subject} />
      </div>
    </section>
  );
}

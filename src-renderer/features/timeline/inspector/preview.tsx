/**
 * The preview of a file at a point: looks at its first bytes, says what is to be fetched where that is much, then shows it
 * by its kind. Nothing of a file is ever run: pictures are drawn by the browser as pictures, everything else is text.
 */
import { Button } from '@mantine/core';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { isTidemarkError } from '#base/errors.ts';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistory } from '../use-history.ts';
import { ContentReader } from './content-reader.ts';
import { HexPreview } from './hex-preview.tsx';
import { ImagePreview } from './image-preview.tsx';
import { MediaPreview } from './media-preview.tsx';
import { bytesToFetch } from './preview-cost.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';
import { HEAD_BYTES, looksOf, type Looks } from './preview-kinds.ts';
import { TextPreview } from './text-preview.tsx';
import type { ContentAt } from './use-subject.ts';
import './preview.css';

const ArchivePreview = lazy(async () => ({
  default: (await import('./archive-preview.tsx')).ArchivePreview,
}));
const PdfPreview = lazy(async () => ({ default: (await import('./pdf-preview.tsx')).PdfPreview }));

/** Above so much the person is asked first; on a metered connection much sooner. */
const ASK_FROM_BYTES = 10_000_000;
const ASK_FROM_METERED_BYTES = 500_000;

export function Preview({ content }: { content: ContentAt }) {
  const say = useCoreSentences();
  const { calls } = useCore();
  const { inspector: words } = useWords();
  const { placeName } = useHistory();
  const reader = useMemo(
    () => new ContentReader(calls, content),
    [calls, content.placeId, content.snapshotId, content.path, content.content],
  );
  const head = useAnswer(() => reader.read(0, HEAD_BYTES), [content.placeId, content.content]);
  if (head.kind === 'refused')
    return (
      <div className="preview-note" role="alert">
        <p>
          {isTidemarkError(head.error, 'storage.unreachable')
            ? words.needsPlace(placeName)
            : say.error(head.error)}
        </p>
        <Button variant="default" size="compact-sm" onClick={head.again}>
          {words.tryAgain}
        </Button>
      </div>
    );
  if (head.value === undefined) return <PreviewSkeleton />;
  const name = showLastName(content.path);
  const looks = looksOf(name, head.value);
  return (
    <Permission content={content} looks={looks}>
      <Suspense fallback={<PreviewSkeleton />}>
        <PreviewOfKind content={content} reader={reader} name={name} looks={looks} head={head.value} />
      </Suspense>
    </Permission>
  );
}

function PreviewOfKind(props: PreviewProps): ReactNode {
  const { inspector: words } = useWords();
  switch (props.looks.kind) {
    case 'empty':
      return <p className="preview-note">{words.isEmpty}</p>;
    case 'text':
      return <TextPreview {...props} />;
    case 'image':
      return <ImagePreview {...props} />;
    case 'pdf':
      return <PdfPreview {...props} />;
    case 'audio':
    case 'video':
      return <MediaPreview {...props} />;
    case 'archive':
      return <ArchivePreview {...props} />;
    case 'hex':
      return <HexPreview {...props} />;
  }
}

function Permission(props: {
  readonly content: ContentAt;
  readonly looks: Looks;
  readonly children: ReactNode;
}) {
  const { content, looks, children } = props;
  const { inspector: words } = useWords();
  const formats = useFormats();
  const isMetered = useMirror()?.machine.network === 'metered';
  const [given, setGiven] = useState<string>();
  const cost = bytesToFetch(looks.kind, content.sizeBytes);
  const isAsked = cost > (isMetered ? ASK_FROM_METERED_BYTES : ASK_FROM_BYTES);
  if (!isAsked || given === content.content) return children;
  const size = formats.bytes(cost);
  const isPlayed = (looks.kind === 'audio' || looks.kind === 'video') && cost < content.sizeBytes;
  return (
    <div className="preview-note">
      <p>{isMetered ? words.isMetered(size) : words.isLarge(size)}</p>
      {isPlayed && <p>{words.mediaCost(formats.bytes(content.sizeBytes))}</p>}
      <Button variant="default" onClick={() => setGiven(content.content)}>
        {words.show}
      </Button>
    </div>
  );
}

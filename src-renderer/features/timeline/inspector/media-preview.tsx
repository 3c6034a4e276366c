/**
 * Sound and video, played from the address of their contents: the browser asks for the parts that it plays, and for no more.
 * Where that ends badly the core is asked why, because a player cannot tell a place that is away from a kind it does not know.
 */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { contentAddress } from '#contract/app/content-address.ts';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { MEDIA_START_BYTES } from './preview-cost.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';
import type { ContentAt } from './use-subject.ts';

export function MediaPreview({ content, looks, name }: PreviewProps) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const [broken, setBroken] = useState<string>();
  const address = contentAddress(content);
  if (broken === address) return <WhyBroken content={content} onAgain={() => setBroken(undefined)} />;
  const media = {
    src: address,
    controls: true,
    // How long it is and what lies where; the rest when it is played.
    preload: 'metadata',
    'aria-label': words.previewOf(name),
    onError: () => setBroken(address),
  } as const;
  return (
    <div className="media-preview">
      {looks.kind === 'audio' ? <audio {...media} /> : <video {...media} playsInline />}
      {content.sizeBytes > MEDIA_START_BYTES && (
        <p className="hint">{words.mediaFetched(formats.bytes(content.sizeBytes))}</p>
      )}
    </div>
  );
}

function WhyBroken({ content, onAgain }: { readonly content: ContentAt; onAgain(): void }) {
  const say = useCoreSentences();
  const { calls } = useCore();
  const { inspector: words } = useWords();
  const { placeId, snapshotId, path, sizeBytes } = content;
  const last = useAnswer(
    (signal) =>
      calls['browse.content'](
        { placeId: placeId as never, snapshotId, path, offset: Math.max(0, sizeBytes - 1), length: 1 },
        { signal },
      ),
    [placeId, snapshotId, path],
  );
  if (last.kind === 'asking') return <PreviewSkeleton />;
  if (last.kind === 'here') return <p className="preview-note">{words.mediaBroken}</p>;
  return (
    <div className="preview-note" role="alert">
      <p>{say.error(last.error)}</p>
      <Button variant="default" size="compact-sm" onClick={onAgain}>
        {words.tryAgain}
      </Button>
    </div>
  );
}

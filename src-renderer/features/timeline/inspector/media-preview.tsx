/** Sound and video, played from the whole file up to a limit that is said. */
import { useState } from 'react';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';
import { MOST_MEDIA_BYTES } from './preview-cost.ts';
import { useBlobUrl } from './use-blob-url.ts';

export function MediaPreview(props: PreviewProps) {
  const say = useCoreSentences();
  const { content, looks, name } = props;
  const { inspector: words } = useWords();
  const formats = useFormats();
  const { url, answer } = useBlobUrl(props, MOST_MEDIA_BYTES);
  const [broken, setBroken] = useState<string>();
  if (content.sizeBytes > MOST_MEDIA_BYTES)
    return (
      <p className="preview-note">
        {words.mediaTooLarge(formats.bytes(content.sizeBytes), formats.bytes(MOST_MEDIA_BYTES))}
      </p>
    );
  if (answer.kind === 'refused') return <p role="alert">{say.error(answer.error)}</p>;
  if (url === undefined) return <PreviewSkeleton />;
  if (broken === url) return <p className="preview-note">{words.mediaBroken}</p>;
  const shared = {
    src: url,
    controls: true,
    'aria-label': words.previewOf(name),
    onError: () => setBroken(url),
  };
  return (
    <div className="media-preview">
      {looks.kind === 'audio' ? <audio {...shared} /> : <video {...shared} playsInline />}
    </div>
  );
}

/** A picture, drawn by the browser as a picture: what is inside an SVG neither runs nor loads anything. */
import { useState } from 'react';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';
import { MOST_IMAGE_BYTES, MOST_PIXELS } from './preview-cost.ts';
import { pictureSize } from './preview-kinds.ts';
import { useBlobUrl } from './use-blob-url.ts';

export function ImagePreview(props: PreviewProps) {
  const say = useCoreSentences();
  const { content, head, name } = props;
  const { inspector: words } = useWords();
  const formats = useFormats();
  const size = pictureSize(head);
  const isHuge = size !== undefined && size.width * size.height > MOST_PIXELS;
  const { url, answer } = useBlobUrl(props, isHuge ? -1 : MOST_IMAGE_BYTES);
  const [broken, setBroken] = useState<string>();
  const [drawn, setDrawn] = useState(size);
  if (isHuge)
    return (
      <p className="preview-note">
        {words.imageTooLarge(words.imageSize(formats.count(size.width), formats.count(size.height)))}
      </p>
    );
  if (content.sizeBytes > MOST_IMAGE_BYTES)
    return <p className="preview-note">{words.imageTooLarge(formats.bytes(content.sizeBytes))}</p>;
  if (answer.kind === 'refused') return <p role="alert">{say.error(answer.error)}</p>;
  if (url === undefined) return <PreviewSkeleton />;
  if (broken === url) return <p className="preview-note">{words.imageBroken}</p>;
  return (
    <figure className="image-preview">
      <img
        src={url}
        alt={words.previewOf(name)}
        decoding="async"
        onError={() => setBroken(url)}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          setDrawn({ width: naturalWidth, height: naturalHeight })
        }
      />
      {drawn !== undefined && (
        <figcaption className="hint">
          {words.imageSize(formats.count(drawn.width), formats.count(drawn.height))}
        </figcaption>
      )}
    </figure>
  );
}

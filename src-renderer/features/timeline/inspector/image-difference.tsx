/** Two pictures: one swiped over the other, laid over it, or what differs between them, point by point. */
import { SegmentedControl, Slider } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { PreviewSkeleton } from './preview-frame.tsx';
import { MOST_IMAGE_BYTES, MOST_PIXELS } from './preview-cost.ts';
import { pictureSize } from './preview-kinds.ts';
import { differingShare, markDifference } from './pixel-difference.ts';
import type { DifferenceSides } from './text-difference.tsx';
import { useBlobUrl } from './use-blob-url.ts';

type Look = 'swipe' | 'onion' | 'difference';

/** The compared picture is drawn no larger than this. */
const MOST_COMPARED_SIDE = 1024;

export function ImageDifference({ left, right }: DifferenceSides) {
  const say = useCoreSentences();
  const { inspector: words } = useWords();
  const [look, setLook] = useState<Look>('swipe');
  const [share, setShare] = useState(50);
  const isHuge = [left, right].some(({ head }) => {
    const size = pictureSize(head);
    return size !== undefined && size.width * size.height > MOST_PIXELS;
  });
  const limit = isHuge ? -1 : MOST_IMAGE_BYTES;
  const [before, after] = [useBlobUrl(left, limit), useBlobUrl(right, limit)];
  if (isHuge || left.content.sizeBytes > limit || right.content.sizeBytes > limit)
    return <p className="preview-note">{words.imageTooLarge('')}</p>;
  for (const { answer } of [before, after])
    if (answer.kind === 'refused') return <p role="alert">{say.error(answer.error)}</p>;
  if (before.url === undefined || after.url === undefined) return <PreviewSkeleton />;
  return (
    <div className="image-difference">
      <SegmentedControl
        size="xs"
        value={look}
        onChange={(value) => setLook(value as Look)}
        data={[
          { value: 'swipe', label: words.swipe },
          { value: 'onion', label: words.onion },
          { value: 'difference', label: words.imageDifference },
        ]}
      />
      {look === 'difference' ? (
        <PixelDifference before={before.url} after={after.url} />
      ) : (
        <>
          <div className="layers">
            <img src={before.url} alt={words.pictureBefore} decoding="async" />
            <img
              src={after.url}
              alt={words.pictureAfter}
              decoding="async"
              style={look === 'swipe' ? { clipPath: `inset(0 0 0 ${share}%)` } : { opacity: share / 100 }}
            />
            {look === 'swipe' && <span className="edge" style={{ left: `${share}%` }} />}
          </div>
          <Slider
            size="sm"
            value={share}
            onChange={setShare}
            label={null}
            thumbLabel={look === 'swipe' ? words.swipePosition : words.onionStrength}
          />
          <p className="sides hint">
            <span>{words.before}</span>
            <span>{words.after}</span>
          </p>
        </>
      )}
    </div>
  );
}

function PixelDifference({ before, after }: { before: string; after: string }) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    let isLeft = false;
    const compare = async (): Promise<void> => {
      const [one, other] = await Promise.all([decode(before), decode(after)]);
      const target = canvas.current;
      if (isLeft || target === null) return;
      if (one.naturalWidth !== other.naturalWidth || one.naturalHeight !== other.naturalHeight)
        setSaid(words.picturesDifferInSize);
      const scale = Math.min(1, MOST_COMPARED_SIDE / Math.max(other.naturalWidth, other.naturalHeight));
      target.width = Math.max(1, Math.round(other.naturalWidth * scale));
      target.height = Math.max(1, Math.round(other.naturalHeight * scale));
      const context = target.getContext('2d', { willReadFrequently: true });
      if (context === null) return;
      const pixelsOf = (picture: HTMLImageElement): ImageData => {
        context.clearRect(0, 0, target.width, target.height);
        context.drawImage(picture, 0, 0, target.width, target.height);
        return context.getImageData(0, 0, target.width, target.height);
      };
      const [old, now] = [pixelsOf(one), pixelsOf(other)];
      const marked = markDifference(old.data, now.data);
      now.data.set(marked);
      context.putImageData(now, 0, 0);
      if (one.naturalWidth === other.naturalWidth)
        setSaid(words.pixelsDiffer(percent(differingShare(marked), formats.locale)));
    };
    compare().catch(() => {
      if (!isLeft) setSaid(words.imageBroken);
    });
    return () => {
      isLeft = true;
    };
  }, [before, after, words, formats]);
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={said === '' ? words.imageDifference : said} />
      <p className="hint">{said}</p>
    </>
  );
}

async function decode(url: string): Promise<HTMLImageElement> {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
}

function percent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

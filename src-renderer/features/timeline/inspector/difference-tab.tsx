/** The version in view beside another one: now, the one before, or that of the other moment. By kind of contents. */
import { SegmentedControl, Skeleton } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { nameKey, showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistory } from '../use-history.ts';
import { ContentReader } from './content-reader.ts';
import { DifferenceFacts } from './difference-facts.tsx';
import { ImageDifference } from './image-difference.tsx';
import { MOST_TEXT_BYTES } from './preview-cost.ts';
import { HEAD_BYTES, looksOf } from './preview-kinds.ts';
import { pairOf, type Against, type VersionPair } from './version-pair.ts';
import { contentOf, type ContentAt, type Subject } from './use-subject.ts';
import './difference.css';

const TextDifferenceView = lazy(async () => ({
  default: (await import('./text-difference.tsx')).TextDifferenceView,
}));

export function DifferenceTab({ subject }: { subject: Subject }) {
  const { inspector: words } = useWords();
  const { compareWith } = useHistory();
  const [chosen, setChosen] = useState<Against>();
  const items = subject.strip.value?.items;
  if (items === undefined || subject.current === undefined) return <Skeleton height={12} width="70%" />;
  const here = { path: subject.item.path, version: subject.current };
  const pairs = (['second', 'newest', 'previous'] as const).flatMap((against) => {
    const pair = pairOf(items, here, against, compareWith?.timeMs);
    return pair === undefined ? [] : [{ value: against, pair }];
  });
  const against = pairs.find(({ value }) => value === chosen) ?? pairs[0];
  if (against === undefined) return <p className="preview-note">{words.isOnlyVersion}</p>;
  const labels = { second: words.withSecond, newest: words.withNewest, previous: words.withPrevious };
  return (
    <div className="difference">
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={words.compareWith}
        data={pairs.map(({ value }) => ({ value, label: labels[value] }))}
        value={against.value}
        onChange={(value) => setChosen(value as Against)}
      />
      <Pair pair={against.pair} placeId={subject.placeId} />
    </div>
  );
}

function Pair({ pair, placeId }: { pair: VersionPair; placeId: string }) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs(pair);
  const { before, after } = pair;
  const contents = [
    contentOf(before.version, placeId, before.path),
    contentOf(after.version, placeId, after.path),
  ] as const;
  return (
    <>
      <p className="hint">
        {words.fromTo(
          formats.moment(before.version.from.timeMs, nowMs),
          formats.moment(after.version.from.timeMs, nowMs),
        )}
      </p>
      {before.version.content === after.version.content ? (
        <p className="preview-note">{words.isSame}</p>
      ) : contents[0] === null || contents[1] === null ? (
        <DifferenceFacts pair={pair} />
      ) : (
        <Contents
          key={`${nameKey(before.path)} ${nameKey(after.path)}`}
          pair={pair}
          before={contents[0]}
          after={contents[1]}
        />
      )}
    </>
  );
}

function Contents({ pair, before, after }: { pair: VersionPair; before: ContentAt; after: ContentAt }) {
  const say = useCoreSentences();
  const { calls } = useCore();
  const readers = useMemo(
    () => [new ContentReader(calls, before), new ContentReader(calls, after)] as const,
    [calls, before.placeId, before.content, before.snapshotId, after.content, after.snapshotId],
  );
  const heads = useAnswer(
    () => Promise.all([readers[0].read(0, HEAD_BYTES), readers[1].read(0, HEAD_BYTES)]),
    [before.placeId, before.content, after.content],
  );
  if (heads.kind === 'refused') return <p role="alert">{say.error(heads.error)}</p>;
  if (heads.value === undefined) return <Skeleton height={12} width="70%" />;
  const sides = ([before, after] as const).map((content, index) => {
    const head = heads.value?.[index] ?? new Uint8Array();
    const name = showLastName(content.path);
    return { content, reader: readers[index] ?? readers[0], head, name, looks: looksOf(name, head) };
  });
  const [left, right] = sides;
  if (left === undefined || right === undefined) return null;
  const kinds = sides.map(({ looks }) => looks.kind);
  const isText = kinds.every((kind) => kind === 'text' || kind === 'empty') && kinds.includes('text');
  const isSmall = before.sizeBytes <= MOST_TEXT_BYTES && after.sizeBytes <= MOST_TEXT_BYTES;
  if (isText && isSmall)
    return (
      <Suspense fallback={<Skeleton height={12} width="70%" />}>
        <TextDifferenceView left={left} right={right} />
      </Suspense>
    );
  if (kinds.every((kind) => kind === 'image')) return <ImageDifference left={left} right={right} />;
  return <DifferenceFacts pair={pair} isLargeText={isText} />;
}

/** Two texts beside each other, or one below the other, with what differs marked word by word. Each hunk can be copied. */
import { ActionIcon, SegmentedControl, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Copy } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { MOST_TEXT_BYTES } from './preview-cost.ts';
import type { PreviewProps } from './preview-frame.tsx';
import { readText } from './read-text.ts';
import { textDifference, type DiffBlock, type DiffLine, type Stretch } from './text-rows.ts';

export interface DifferenceSides {
  readonly left: PreviewProps;
  readonly right: PreviewProps;
}

type Look = 'inline' | 'sideBySide';

/** More lines than are looked through here; the counts are of all. */
const MOST_LINES = 3_000;

export function TextDifferenceView({ left, right }: DifferenceSides) {
  const say = useCoreSentences();
  const { inspector: words } = useWords();
  const formats = useFormats();
  const [look, setLook] = useState<Look>('inline');
  const texts = useAnswer(
    (signal) =>
      Promise.all(
        [left, right].map(async ({ reader, content }) =>
          readText(await reader.readAll(content.sizeBytes, { signal }), false),
        ),
      ),
    [left.content.placeId, left.content.content, right.content.content],
  );
  const difference = useMemo(() => {
    const [before, after] = texts.value ?? [];
    return before === undefined || after === undefined
      ? undefined
      : { found: textDifference(before.text, after.text) };
  }, [texts.value]);
  if (texts.kind === 'refused') return <p role="alert">{say.error(texts.error)}</p>;
  if (difference === undefined) return <Skeleton height={12} width="70%" />;
  const { found } = difference;
  if (found === undefined)
    return <p className="preview-note">{words.tooLargeToCompare(formats.bytes(MOST_TEXT_BYTES))}</p>;
  return (
    <>
      <div className="difference-bar">
        <p>
          <span className="added">+ {words.linesAdded(formats.count(found.added))}</span>{' '}
          <span className="removed">− {words.linesRemoved(formats.count(found.removed))}</span>
        </p>
        <SegmentedControl
          size="xs"
          value={look}
          onChange={(value) => setLook(value as Look)}
          data={[
            { value: 'inline', label: words.inline },
            { value: 'sideBySide', label: words.sideBySide },
          ]}
        />
      </div>
      <div className={`text-difference ${look}`} tabIndex={0} role="group" aria-label={words.tabs.difference}>
        {blocksUpTo(found.blocks, MOST_LINES).map((block, index) => (
          <Block key={index} block={block} look={look} />
        ))}
      </div>
    </>
  );
}

function Block({ block, look }: { block: DiffBlock; look: Look }) {
  const { inspector: words } = useWords();
  if (block.kind === 'same' && block.hidden > 0)
    return <p className="folded">{words.sameLines(block.hidden)}</p>;
  return (
    <div className={block.kind}>
      {block.kind === 'changed' && <CopyHunk text={block.oldText === '' ? block.newText : block.oldText} />}
      {look === 'sideBySide'
        ? block.lines.map((line, index) => (
            <PairRow key={index} line={line} isChanged={block.kind === 'changed'} />
          ))
        : inlineRows(block)}
    </div>
  );
}

/** What the older version has, where it has something: that is what people want back. */
function CopyHunk({ text }: { text: string }) {
  const { inspector: words } = useWords();
  return (
    <ActionIcon
      className="copy"
      size="sm"
      variant="default"
      aria-label={words.copyHunk}
      title={words.copyHunk}
      onClick={() =>
        void navigator.clipboard
          .writeText(text)
          .then(() => notifications.show({ message: words.copied, autoClose: 4_000 }))
      }
    >
      <Copy size={13} strokeWidth={1.7} aria-hidden />
    </ActionIcon>
  );
}

function inlineRows({ kind, lines }: DiffBlock) {
  if (kind === 'same')
    return lines.map(({ after, right }, index) => (
      <Row key={index} sign=" " number={after} text={right} tone="" />
    ));
  return [
    ...lines.map(({ before, left }, index) => (
      <Row key={`-${index}`} sign="−" number={before} text={left} tone="removed" />
    )),
    ...lines.map(({ after, right }, index) => (
      <Row key={`+${index}`} sign="+" number={after} text={right} tone="added" />
    )),
  ];
}

function PairRow({ line, isChanged }: { line: DiffLine; isChanged: boolean }) {
  return (
    <div className="pair">
      <Cell number={line.before} text={line.left} tone={isChanged ? 'removed' : ''} />
      <Cell number={line.after} text={line.right} tone={isChanged ? 'added' : ''} />
    </div>
  );
}

function Cell({
  number,
  text,
  tone,
}: {
  number: number | null;
  text: readonly Stretch[] | null;
  tone: string;
}) {
  if (text === null) return <div className="line absent" />;
  return (
    <Row
      sign={tone === 'removed' ? '−' : tone === 'added' ? '+' : ' '}
      number={number}
      text={text}
      tone={tone}
    />
  );
}

function Row(props: {
  readonly sign: string;
  readonly number: number | null;
  readonly text: readonly Stretch[] | null;
  readonly tone: string;
}) {
  const { sign, number, text, tone } = props;
  if (text === null) return null;
  return (
    <div className={`line ${tone}`}>
      <span className="number">{number}</span>
      <span className="sign">{sign}</span>
      <code>
        {text.map((stretch, index) =>
          stretch.isMarked ? <mark key={index}>{stretch.text}</mark> : stretch.text,
        )}
      </code>
    </div>
  );
}

function blocksUpTo(blocks: readonly DiffBlock[], mostLines: number): readonly DiffBlock[] {
  let lines = 0;
  return blocks.filter((block) => (lines += block.lines.length) <= mostLines || lines === block.lines.length);
}

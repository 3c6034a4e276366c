/** Text, its first part at first, with colours where it is a program's. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { highlight } from './highlight.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';
import { TEXT_STEP_BYTES } from './preview-cost.ts';
import { readText } from './read-text.ts';

export function TextPreview({ content, reader, name }: PreviewProps) {
  const say = useCoreSentences();
  const { inspector: words } = useWords();
  const formats = useFormats();
  const [steps, setSteps] = useState(1);
  const wanted = Math.min(content.sizeBytes, steps * TEXT_STEP_BYTES);
  const bytes = useAnswer(() => reader.read(0, wanted), [content.content, wanted]);
  const isCut = wanted < content.sizeBytes;
  const read = bytes.value === undefined ? undefined : readText(bytes.value, isCut);
  const colours = useColours(read?.text, name);
  if (bytes.kind === 'refused') return <p role="alert">{say.error(bytes.error)}</p>;
  if (read === undefined) return <PreviewSkeleton />;
  return (
    <div className="text-preview">
      {!read.isUtf8 && <p className="hint">{words.notUtf8}</p>}
      {colours === null ? (
        <pre tabIndex={0}>{read.text}</pre>
      ) : (
        // The library has escaped it all; it puts nothing but spans with classes of its own between.
        <pre tabIndex={0} dangerouslySetInnerHTML={{ __html: colours }} />
      )}
      {isCut && (
        <div className="more">
          <p className="hint">{words.textStart(formats.bytes(wanted), formats.bytes(content.sizeBytes))}</p>
          <Button variant="default" size="compact-sm" onClick={() => setSteps(steps * 2)}>
            {words.showMore}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Null until they are there, and where there are none. */
function useColours(text: string | undefined, name: string): string | null {
  const [coloured, setColoured] = useState<{ readonly text: string; readonly html: string | null }>();
  useEffect(() => {
    if (text === undefined) return undefined;
    let isLeft = false;
    highlight(text, name).then(
      (html) => {
        if (!isLeft) setColoured({ text, html });
      },
      // Without colours it is still the text.
      () => undefined,
    );
    return () => {
      isLeft = true;
    };
  }, [text, name]);
  return coloured !== undefined && coloured.text === text ? coloured.html : null;
}

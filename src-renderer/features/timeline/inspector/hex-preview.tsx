/** The first bytes as numbers, for what has no other preview. */
import { useFormats, useWords } from '../../../text/use-words.ts';
import type { PreviewProps } from './preview-frame.tsx';
import { hexLines } from './read-text.ts';

export function HexPreview({ content, head }: Pick<PreviewProps, 'content' | 'head'>) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  return (
    <div className="text-preview hex">
      <p className="hint">{words.hexStart(formats.bytes(head.length), formats.bytes(content.sizeBytes))}</p>
      <pre tabIndex={0} aria-label={words.hexDump}>
        {hexLines(head).join('\n')}
      </pre>
    </div>
  );
}

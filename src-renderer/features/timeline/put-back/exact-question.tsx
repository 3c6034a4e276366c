/** Asked again in words and with the count, because this rule also removes. */
import { Button } from '@mantine/core';
import { useFormats, useWords } from '../../../text/use-words.ts';

export interface ExactQuestionProps {
  readonly removed: number;
  /** The folder, or how many. */
  readonly what: string;
  onYes(): void;
  onNo(): void;
}

export function ExactQuestion({ removed, what, onYes, onNo }: ExactQuestionProps) {
  const { putBack: words } = useWords();
  const formats = useFormats();
  const count = words.files(formats.count(removed), removed === 1);
  return (
    <div className="exact-question" role="alertdialog" aria-label={words.rules.exact}>
      <p>{removed === 0 ? words.exactNothing : words.exactQuestion(count, what)}</p>
      <Button variant="default" onClick={onNo} autoFocus>
        {words.exactNo}
      </Button>
      <Button color={removed === 0 ? 'tide' : 'red'} onClick={onYes}>
        {removed === 0 ? words.rules.exact : words.exactYes(count)}
      </Button>
    </div>
  );
}

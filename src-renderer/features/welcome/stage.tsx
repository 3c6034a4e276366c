/** What all screens of the first run stand on: one question, what belongs to it, and the way on. */
import { Button } from '@mantine/core';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useFormats, useWords } from '../../text/use-words.ts';

const SCREENS = 4;

export interface StageProps {
  readonly title: string;
  readonly body?: string;
  /** From 1; left out: before the first. */
  readonly number?: number;
  readonly onBack?: () => void;
  /** What goes on, at the end of the bar below. */
  readonly action?: ReactNode;
  /** What is so far, in the bar below. */
  readonly sum?: ReactNode;
  readonly children: ReactNode;
}

export function Stage({ title, body, number, onBack, action, sum, children }: StageProps) {
  const { welcome } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  // A new question is read out, and the keyboard begins at it.
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <>
      <div className="stage">
        <div className="question">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {body !== undefined && <p className="lead">{body}</p>}
          {children}
        </div>
      </div>
      {number !== undefined && (
        <footer>
          <div className="way">
            {onBack !== undefined && (
              <Button
                variant="subtle"
                color="gray"
                leftSection={<ArrowLeft size={15} strokeWidth={1.7} aria-hidden />}
                onClick={onBack}
              >
                {welcome.back}
              </Button>
            )}
          </div>
          <Dots number={number} />
          <div className="way on">
            {sum}
            {action}
          </div>
        </footer>
      )}
    </>
  );
}

function Dots({ number }: { number: number }) {
  const { welcome } = useWords();
  const { count } = useFormats();
  return (
    <span className="dots" role="img" aria-label={welcome.step(count(number), count(SCREENS))}>
      {Array.from({ length: SCREENS }, (_, at) => (
        <i key={at} className={at + 1 === number ? 'now' : at + 1 < number ? 'past' : ''} />
      ))}
    </span>
  );
}

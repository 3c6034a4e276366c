/** It is open: what was brought back, and the way to the files. */
import { Button } from '@mantine/core';
import { CircleCheck } from 'lucide-react';
import { useFormats, useWords } from '../../text/use-words.ts';
import type { RecoverStep } from './recover-steps.ts';

export function DoneStep({ step }: { step: Extract<RecoverStep, { kind: 'done' }> }) {
  const { recover, welcome } = useWords();
  const { count } = useFormats();
  const { taken, notRemembered } = step;
  return (
    <section className="done">
      <h2>
        <CircleCheck size={22} strokeWidth={1.8} aria-hidden /> {recover.done}
      </h2>
      {taken !== null && (
        <p>
          {recover.tookPlans(
            recover.plans(count(taken.plans), taken.plans === 1),
            recover.places(count(taken.places), taken.places === 1),
          )}
        </p>
      )}
      {notRemembered !== null && (
        <p className="caution" title={notRemembered}>
          {welcome.notRemembered}
        </p>
      )}
      <div className="buttons">
        <Button component="a" href="#/history" size="md">
          {recover.lookAround}
        </Button>
        <Button component="a" href="#/" size="md" variant="default">
          {welcome.toOverview}
        </Button>
      </div>
    </section>
  );
}

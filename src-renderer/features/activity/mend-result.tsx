/** What came of a repair, and the way on where something is found nowhere: a decision that only a person takes. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { Refusal } from '../../parts/refusal.tsx';
import type { JobValue } from '../../text/job-titles.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { NoteBar } from '../../ui/note-bar.tsx';
import { affectedBy, numberIn, textsIn } from './view-model.ts';

export function MendResult({ job, mirror }: { readonly job: JobValue; readonly mirror: Mirror }) {
  const { calls } = useCore();
  const { activity, frame } = useWords();
  const { mend: words } = activity;
  const { ask, isBusy, refusal } = useAsk();
  const [isAsked, setAsked] = useState(false);
  const sentence = useOutcome(job);
  const { placeId } = job;
  if (job.state !== 'done' && job.state !== 'doneExcept') return null;
  const isLast = !mirror.jobs.some(
    (other) => other.kind === 'mend' && other.placeId === placeId && other.queuedAtMs > job.queuedAtMs,
  );
  const isLost = affectedBy(job).count > 0;
  const mayGiveUp = isLast && (isLost || damagedVersions(job) > 0) && placeId !== null;
  const giveUp = async (): Promise<void> => {
    if (placeId === null) return;
    const started = await ask(() => calls['jobs.start']({ kind: 'mend', placeId, givesUp: true }));
    setAsked(false);
    if (started !== undefined) location.hash = `#/activity/${encodeURIComponent(started.value)}`;
  };
  return (
    <>
      <Refusal error={refusal} />
      <NoteBar
        tone={job.state === 'done' ? 'hint' : 'warning'}
        action={
          mayGiveUp && (
            <Button variant="default" size="compact-md" onClick={() => setAsked(true)}>
              {isLost ? words.giveUp : words.getBack}
            </Button>
          )
        }
      >
        {sentence}
      </NoteBar>
      {isAsked && (
        <ConfirmDialog
          title={isLost ? words.giveUpTitle : words.getBackTitle}
          confirmLabel={isLost ? words.giveUp : words.getBack}
          cancelLabel={words.keepAsIs}
          closeLabel={frame.close}
          isDanger={isLost}
          isBusy={isBusy}
          onConfirm={() => void giveUp()}
          onClose={() => setAsked(false)}
        >
          {isLost && (
            <>
              <p>{words.giveUpBody}</p>
              <p>{words.giveUpLater}</p>
            </>
          )}
          {damagedVersions(job) > 0 && <p>{words.getBackBody}</p>}
        </ConfirmDialog>
      )}
    </>
  );
}

/** Whose own files are damaged, and of which nothing was known. */
function damagedVersions({ result }: JobValue): number {
  return textsIn(result, 'damagedVersions').length;
}

/** One sentence for each thing that was done or is left. */
function useOutcome(job: JobValue): string {
  const { mend: words } = useWords().activity;
  const { count } = useFormats();
  const number = (name: string): number => numberIn(job.result, name) ?? 0;
  const say = (many: number, sentence: (count: string, isOne: boolean) => string): string[] =>
    many > 0 ? [sentence(count(many), many === 1)] : [];
  const described = [
    ...say(number('remadeVersions'), words.remade),
    ...say(number('recoveredVersions'), words.recovered),
    ...(number('takenOut') > 0 && number('recoveredVersions') === 0 ? [words.takenOut] : []),
  ];
  return [...described, ...(described.length > 0 ? restOf() : orNothing(restOf()))].join(' ');

  function restOf(): string[] {
    if (job.state === 'doneExcept') {
      if (affectedBy(job).count > 0) return [words.lost];
      const unknown = say(damagedVersions(job), words.unknownVersions);
      return unknown.length > 0 ? unknown : [words.other];
    }
    const [pieces, versions] = [number('healedBlobs'), number('versions') + number('removedVersions')];
    if (versions > 0) return say(versions, words.gaveUp);
    if (pieces > 0) return say(pieces, words.whole);
    return number('mendedPacks') > 0 ? [words.wholeByItself] : [];
  }

  function orNothing(sentences: string[]): string[] {
    return sentences.length > 0 ? sentences : [words.nothing];
  }
}

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
import { affectedBy, numberIn } from './view-model.ts';

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
  const mayGiveUp = isLast && affectedBy(job).count > 0 && placeId !== null;
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
              {words.giveUp}
            </Button>
          )
        }
      >
        {sentence}
      </NoteBar>
      {isAsked && (
        <ConfirmDialog
          title={words.giveUpTitle}
          confirmLabel={words.giveUp}
          cancelLabel={words.keepAsIs}
          closeLabel={frame.close}
          isDanger
          isBusy={isBusy}
          onConfirm={() => void giveUp()}
          onClose={() => setAsked(false)}
        >
          <p>{words.giveUpBody}</p>
          <p>{words.giveUpLater}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function useOutcome(job: JobValue): string {
  const { mend: words } = useWords().activity;
  const { count } = useFormats();
  const number = (name: string): number => numberIn(job.result, name) ?? 0;
  const [pieces, versions] = [number('healedBlobs'), number('versions') + number('removedVersions')];
  if (job.state === 'doneExcept') return affectedBy(job).count > 0 ? words.lost : words.other;
  if (versions > 0) return words.gaveUp(count(versions), versions === 1);
  if (pieces > 0) return words.whole(count(pieces), pieces === 1);
  return number('mendedPacks') > 0 ? words.wholeByItself : words.nothing;
}

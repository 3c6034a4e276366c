/** What a job that put files back has done, also where it was stopped or failed on the way, and the way to take that back. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { asksIn, restoreOutcome, undoOutcome, type UndoRef } from '../../parts/restore-outcome.ts';
import { useShowInFolder } from '../../parts/use-show-in-folder.ts';
import { outcomeSentence, undoSentence } from '../../parts/restore-words.ts';
import type { JobValue } from '../../text/job-titles.ts';
import { useSpeech } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';

/** Not taken back yet. */
const CAN_BE_UNDONE = new Set(['ended', 'interrupted']);

export function RestoreResult({ job }: { readonly job: JobValue }) {
  const { calls } = useCore();
  const { words, formats } = useSpeech();
  const { ask, isBusy, refusal } = useAsk();
  const outcome = restoreOutcome([job]);
  const showInFolder = useShowInFolder();
  const { undos } = outcome;
  const [first] = undos;
  const taken = useMirror()?.jobs.filter(
    ({ kind, endedAtMs }) => kind === 'undo' && endedAtMs !== null,
  ).length;
  const kept = useAnswer(
    first === undefined
      ? null
      : async (signal) => {
          const known = await Promise.all(
            undos.map(({ folder }) => calls['undo.list']({ folder }, { signal }).catch(() => [])),
          );
          const states = new Map(known.flat().map(({ undoId, state }) => [undoId, state]));
          return undos.map(({ undoId }) => states.get(undoId) ?? 'gone');
        },
    // One that was taken back elsewhere is so here too.
    [undos, taken],
  );
  const open = undos.filter((_, index) => CAN_BE_UNDONE.has(kept.value?.[index] ?? ''));
  const undo = async (): Promise<void> => {
    const done = await ask(() => takeBack(open));
    kept.again();
    if (done === undefined) return;
    notifications.show({
      message: undoSentence(done.value, { words: words.putBack, formats }),
      color: done.value.hasFailed || done.value.problems > 0 ? 'red' : 'tide',
    });
  };
  const takeBack = async (refs: readonly UndoRef[]): Promise<ReturnType<typeof undoOutcome>> => {
    const jobs: JobValue[] = [];
    // The last one first, so that what several have touched ends as it was.
    for (const ref of refs.toReversed()) {
      const jobId = await calls['jobs.start']({ kind: 'undo', ...ref });
      jobs.push(await calls['jobs.wait']({ jobId }));
    }
    return undoOutcome(jobs);
  };
  const target = asksIn([job])[0]?.target ?? null;
  const isUndone = undos.length > 0 && (kept.value?.every((state) => state === 'undone') ?? false);
  const canShow = showInFolder !== undefined && !isUndone && outcome.inPlace > 0;
  return (
    <>
      <Refusal error={refusal} />
      <NoteBar
        tone="hint"
        action={
          (canShow || open.length > 0) && (
            <>
              {canShow && (
                <Button variant="subtle" size="compact-md" onClick={() => showInFolder([job.id])}>
                  {words.putBack.showInFolder}
                </Button>
              )}
              {open.length > 0 && (
                <Button variant="default" size="compact-md" loading={isBusy} onClick={() => void undo()}>
                  {words.putBack.undo}
                </Button>
              )}
            </>
          )
        }
      >
        {outcomeSentence(outcome, target, { words: words.putBack, formats })}
        {isUndone && ` ${words.putBack.undone}`}
      </NoteBar>
    </>
  );
}

/** How a putting back, or its undo, has ended, in one sentence. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import { showLastName } from '../../../text/show-name.ts';
import type { UndoOutcome } from './restore-outcome.ts';
import type { RestoreOutcome } from './restore-store.ts';
import type { PlanSpeech } from './put-back-plan.ts';

type Speech = Pick<PlanSpeech, 'words' | 'formats'>;

export function outcomeSentence(
  { state, files, removed, problems }: RestoreOutcome,
  target: WirePath | null,
  { words, formats }: Speech,
): string {
  const what = words.files(formats.count(files), files === 1);
  switch (state) {
    case 'done':
      if (files + removed === 0) return words.doneNothing;
      return target === null ? words.done(what) : words.doneCopy(what, showLastName(target));
    case 'doneExcept':
      return words.doneExcept(what, formats.count(problems));
    case 'cancelled':
      return files === 0 ? words.stoppedAtOnce : words.stopped(what);
    case 'failed':
      return words.failed;
  }
}

export function undoSentence(
  { keptAsCopies, problems, hasFailed }: UndoOutcome,
  { words, formats }: Speech,
): string {
  if (hasFailed) return words.undoFailed;
  if (problems > 0) return words.undoProblems(formats.count(problems));
  if (keptAsCopies > 0)
    return words.undoneExcept(words.files(formats.count(keptAsCopies), keptAsCopies === 1));
  return words.undone;
}

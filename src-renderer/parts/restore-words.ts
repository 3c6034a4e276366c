/** How a putting back, or its undo, has ended, in one sentence. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import type { Formats } from '../text/formats.ts';
import type { Words } from '../text/language.ts';
import { showLastName } from '../text/show-name.ts';
import type { RestoreOutcome, UndoOutcome } from './restore-outcome.ts';

interface Speech {
  readonly words: Words['putBack'];
  readonly formats: Formats;
}

/** @param target null: where things came from */
export function outcomeSentence(
  outcome: RestoreOutcome,
  target: WirePath | null,
  { words, formats }: Speech,
): string {
  const { state, files, removed, problems, undos } = outcome;
  const what = words.files(formats.count(files), files === 1);
  const isUntouched = files + removed === 0 && undos.length === 0;
  switch (state) {
    case 'done':
      if (files + removed === 0) return words.doneNothing;
      return target === null ? words.done(what) : words.doneCopy(what, showLastName(target));
    case 'doneExcept':
      return words.doneExcept(what, formats.count(problems));
    case 'cancelled':
      return isUntouched ? words.stoppedAtOnce : cutSentence(outcome, target, { words, formats });
    case 'failed':
      return isUntouched ? words.failed : cutSentence(outcome, target, { words, formats });
    case 'interrupted':
      return words.interrupted;
  }
}

/** "12 of 40 files", or "40 files" where it went to its end. */
export function filesBack(
  { state, files, inPlace, total }: RestoreOutcome,
  { words: { putBack }, formats }: { readonly words: Pick<Words, 'putBack'>; readonly formats: Formats },
): string {
  const isWhole = state === 'done' || state === 'doneExcept';
  return isWhole || total === null || total < inPlace
    ? putBack.files(formats.count(files), files === 1)
    : putBack.filesDone(formats.count(inPlace), formats.count(total));
}

/** While it rests. */
export function pausedSentence(outcome: RestoreOutcome, speech: Speech): string {
  const { paused } = speech.words;
  return outcome.undos.length === 0 ? paused : `${paused} ${doneSentence(outcome, null, speech)}`;
}

function cutSentence(outcome: RestoreOutcome, target: WirePath | null, speech: Speech): string {
  return `${doneSentence(outcome, target, speech)} ${speech.words.stoppedBeforeRest}`;
}

function doneSentence(
  { inPlace, total, removed }: RestoreOutcome,
  target: WirePath | null,
  { words, formats }: Speech,
): string {
  const done = formats.count(inPlace);
  const what =
    total === null || total < inPlace
      ? words.files(done, inPlace === 1)
      : words.filesDone(done, formats.count(total));
  const isOne = inPlace === 1;
  return [
    target === null ? words.areBack(what, isOne) : words.areThere(what, showLastName(target), isOne),
    ...(removed === 0 ? [] : [words.cameLater(formats.count(removed), removed === 1)]),
  ].join(' ');
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

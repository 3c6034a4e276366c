/**
 * The sentences that the core's contract words for window, tray and notices, in the language of the window. The one place
 * where the window says in which language it wants them.
 */
import type { WireError } from '#base/errors.ts';
import { fromWireError, isTidemarkError } from '#base/errors.ts';
import {
  describeProblem,
  nextBackupWords,
  overviewSentence,
  waitWords,
  type OverviewFacts,
} from '#contract/app/overview-words.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { errorSentence, WINDOW_WORDS, type ErrorText } from '#contract/error-texts.ts';
import type { ProtectionState } from '#contract/protection-codes.ts';
import { STATE_TEXTS } from '#contract/protection-texts.ts';
import { futureWords, pastWords, untilWords } from '#contract/time-words.ts';
import { WORDS, type Language } from './language.ts';
import { useSpeech } from './use-words.ts';

type MirrorProblem = Mirror['health']['problems'][number];

export interface CoreSentences {
  /** How all stands, in one or two sentences. */
  overview(facts: OverviewFacts, nowMs: number): string;
  nextBackup(facts: OverviewFacts, nowMs: number): string;
  /** What a problem is, what is safe, what to do. */
  problem(problem: MirrorProblem, facts: Pick<OverviewFacts, 'plans' | 'places'>, nowMs: number): ErrorText;
  state(state: ProtectionState): string;
  /** Why a run waits. */
  wait(wait: string): string;
  past(atMs: number, nowMs: number): string;
  future(atMs: number, nowMs: number): string;
  /** After "until". */
  until(atMs: number, nowMs: number): string;
  /** Why something that was asked for did not go. */
  error(error: unknown): string;
  wireError(error: Mirror['jobs'][number]['error'] & object): string;
}

export function coreSentences(language: Language): CoreSentences {
  const error = (thrown: unknown): string =>
    isTidemarkError(thrown) ? errorSentence(thrown, WINDOW_WORDS) : WORDS[language].frame.unknownFault;
  return {
    overview: overviewSentence,
    nextBackup: nextBackupWords,
    problem: describeProblem,
    state: (state) => STATE_TEXTS[state],
    wait: waitWords,
    past: pastWords,
    future: futureWords,
    until: untilWords,
    error,
    wireError: (wire) => error(fromWireError(wire as unknown as WireError)),
  };
}

export function useCoreSentences(): CoreSentences {
  return coreSentences(useSpeech().language);
}

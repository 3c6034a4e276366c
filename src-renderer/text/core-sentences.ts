/**
 * The sentences that the core's contract words for window, tray and notices, in the language of the window. The one place
 * where the window says in which language it wants them.
 */
import { useMemo } from 'react';
import type { WireError } from '#base/errors.ts';
import { fromWireError, isTidemarkError } from '#base/errors.ts';
import {
  describeProblem,
  nextBackupWords,
  planStateWords,
  overviewSentence,
  type OverviewFacts,
} from '#contract/app/overview-words.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { errorSentence, WINDOW_WORDS, type ErrorText } from '#contract/error-texts.ts';
import type { WirePath } from '#contract/app/values.ts';
import type { Language } from '#contract/language.ts';
import { waitText } from '#contract/protection-texts.ts';
import { futureWords, pastWords, untilWords } from '#contract/time-words.ts';
import { WORDS } from './language.ts';
import { shortenPaths } from './show-path.ts';
import { useSpeech } from './use-words.ts';

type MirrorProblem = Mirror['health']['problems'][number];

export interface CoreSentences {
  /** How all stands, in one or two sentences. */
  overview(facts: OverviewFacts, nowMs: number): string;
  nextBackup(facts: OverviewFacts, nowMs: number): string;
  /** What a problem is, what is safe, what to do. */
  problem(
    problem: MirrorProblem,
    facts: Pick<OverviewFacts, 'plans' | 'places' | 'jobs'>,
    nowMs: number,
  ): ErrorText;
  /** How a plan stands, beside its name. */
  planState(planId: string, health: OverviewFacts['health']): string;
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

/** @param home from which paths in the sentences are told */
export function coreSentences(language: Language, home?: WirePath): CoreSentences {
  const error = (thrown: unknown): string =>
    isTidemarkError(thrown)
      ? shortenPaths(errorSentence(thrown, WINDOW_WORDS, language), home)
      : WORDS[language].frame.unknownFault;
  return {
    overview: (facts, nowMs) => shortenPaths(overviewSentence(facts, nowMs, language), home),
    nextBackup: (facts, nowMs) => nextBackupWords(facts, nowMs, language),
    problem: (problem, facts, nowMs) => {
      const { title, safe, todo } = describeProblem(problem, facts, nowMs, language);
      return { title: shortenPaths(title, home), safe, todo: shortenPaths(todo, home) };
    },
    planState: (planId, health) => planStateWords(planId, health, language),
    wait: (wait) => waitText(wait, language),
    past: (atMs, nowMs) => pastWords(atMs, nowMs, language),
    future: (atMs, nowMs) => futureWords(atMs, nowMs, language),
    until: (atMs, nowMs) => untilWords(atMs, nowMs, language),
    error,
    wireError: (wire) => error(fromWireError(wire as unknown as WireError)),
  };
}

export function useCoreSentences(): CoreSentences {
  const { language, home } = useSpeech();
  return useMemo(() => coreSentences(language, home), [language, home]);
}

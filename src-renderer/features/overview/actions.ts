/** What the overview lets a person do. Each answers with a sentence where it did not go, else with nothing. */
import type { CoreLink } from '../../core-link/connect-core.ts';
import { errorSentences } from '../../text/error-sentences.ts';

const HOUR_MS = 3_600_000;

export interface OverviewActions {
  /** Null: every plan. */
  backUp(planId: string | null): Promise<string | undefined>;
  cancel(jobId: string): Promise<string | undefined>;
  pauseForAnHour(nowMs: number): Promise<string | undefined>;
  goOn(): Promise<string | undefined>;
}

export function createOverviewActions({ calls }: CoreLink): OverviewActions {
  return {
    backUp: (planId) => answer(calls['jobs.backUpNow']({ planId })),
    cancel: (jobId) => answer(calls['jobs.cancel']({ jobId })),
    pauseForAnHour: (nowMs) => answer(calls['pause.set']({ untilMs: nowMs + HOUR_MS })),
    goOn: () => answer(calls['pause.clear']({})),
  };
}

async function answer(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    return errorSentences(error);
  }
}

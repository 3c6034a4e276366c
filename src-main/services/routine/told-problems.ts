/** Notices of problems: which the person has been told and has not, over restarts. What is over is taken back. */
import type { Problem } from '#contract/protection-codes.ts';
import { planNotices } from '#services/health/plan-notices.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import type { StateFile } from '#services/state/state-file.ts';

export interface ToldProblemsParts {
  readonly state: StateFile;
  /** The person is told, or a notice is taken back. */
  notify(problem: Problem, isOver: boolean): void;
}

export class ToldProblems {
  readonly #parts: ToldProblemsParts;
  readonly #shown = new Map<string, Problem>();

  constructor(parts: ToldProblemsParts) {
    this.#parts = parts;
  }

  tell(problems: readonly Problem[], nowMs: number): void {
    const { state, notify } = this.#parts;
    const told = state.read((reader) => getSetting(reader, 'toldNotices')) ?? [];
    const plan = planNotices(problems, told as never, nowMs);
    if (JSON.stringify(plan.told) !== JSON.stringify(told))
      state.commitSoon((writer) => putSetting(writer, 'toldNotices', plan.told as never));
    for (const problem of plan.show) {
      this.#shown.set(problem.key, problem);
      notify(problem, false);
    }
    for (const key of plan.withdraw) {
      const problem = this.#shown.get(key);
      if (problem !== undefined) notify(problem, true);
      this.#shown.delete(key);
    }
  }
}

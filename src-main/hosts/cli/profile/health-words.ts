/** Health for a terminal and for watchdogs: a line of result, a paragraph per problem, an exit code. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import { wireError } from '#contract/app/values.ts';
import { COMMAND_LINE_WORDS, errorText, type ErrorText } from '#contract/error-texts.ts';
import {
  EXIT_CANNOT_TELL,
  EXIT_DONE,
  EXIT_IN_DANGER,
  EXIT_LATE,
  type ExitCode,
} from '#contract/exit-codes.ts';
import type { ProblemCode, ProtectionState } from '#contract/protection-codes.ts';
import { problemText, stateText } from '#contract/protection-texts.ts';
import { formatName } from '../format-values.ts';
import { dayText } from '../kept-words.ts';
import { formatTable } from '../output.ts';
import { agoText } from './moment-text.ts';

export type WireHealth = Mirror['health'];
type WireProblem = WireHealth['problems'][number];

export const HEALTH_EXIT_CODES: Readonly<Record<ProtectionState, ExitCode>> = {
  protected: EXIT_DONE,
  protectedExcept: EXIT_DONE,
  late: EXIT_LATE,
  inDanger: EXIT_IN_DANGER,
  cannotTell: EXIT_CANNOT_TELL,
};

/** What the words need beside health itself. */
export interface HealthNames {
  /** Plans and places by id; what is not known is told by its id. */
  nameOf(id: string): string;
  /** Why runs fail. */
  errorOf(problem: WireProblem): ErrorText | undefined;
  readonly nowMs: number;
}

export function namesInMirror({ plans, places, jobs }: Mirror, nowMs: number): HealthNames {
  return {
    nowMs,
    nameOf: (id) => [...plans, ...places].find((entry) => entry.id === id)?.name ?? id,
    errorOf({ planIds, placeIds, errorCode }) {
      const error = jobs.find(
        (job) =>
          job.error?.code === errorCode &&
          planIds.includes(job.planId ?? '') &&
          placeIds.includes(job.placeId ?? ''),
      )?.error;
      return error ? errorText(wireError.decode(error), COMMAND_LINE_WORDS) : undefined;
    },
  };
}

export function healthLines(health: WireHealth, names: HealthNames): string[] {
  const { nameOf, nowMs } = names;
  const rows = health.copies.map(({ planId, placeId, state, newestAtMs }) => [
    formatName(nameOf(planId)),
    formatName(nameOf(placeId)),
    stateText(state),
    newestText(state, newestAtMs, nowMs),
  ]);
  return [
    stateText(health.state),
    ...health.problems.flatMap((problem) => ['', ...problemLines(problem, names)]),
    ...(rows.length === 0 ? [] : ['', ...formatTable(['Plan', 'Place', 'State', 'Newest version'], rows)]),
  ];
}

function newestText(state: string, newestAtMs: number | undefined, nowMs: number): string {
  if (newestAtMs !== undefined) return agoText(newestAtMs, nowMs);
  return state === 'cannotTell' ? 'not known' : 'none yet';
}

function problemLines(problem: WireProblem, { nameOf, errorOf, nowMs }: HealthNames): string[] {
  const error = problem.errorCode === undefined ? undefined : errorOf(problem);
  const { title, safe, todo } = problemText(problem.code as ProblemCode, {
    plans: joined(problem.planIds, nameOf, 'everything'),
    places: joined(problem.placeIds, nameOf, 'all backup places'),
    ...(problem.newestAtMs === undefined ? {} : { newest: agoText(problem.newestAtMs, nowMs) }),
    ...(error === undefined ? {} : { error }),
    ...(problem.untilMs === undefined ? {} : { until: dayText(problem.untilMs) }),
    ...(problem.fileCount === undefined ? {} : { fileCount: problem.fileCount }),
  });
  return [title, safe, todo]
    .filter((part) => part !== '')
    .map((part, index) => (index === 0 ? part : `  ${part}`));
}

function joined(ids: readonly string[], nameOf: HealthNames['nameOf'], none: string): string {
  const names = ids.map((id) => formatName(nameOf(id)));
  const last = names.pop();
  if (last === undefined) return none;
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** What the overview shows, from the mirror alone. Pure; the page draws it and nothing else. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { ErrorText } from '#contract/error-texts.ts';
import type { ProtectionState } from '#contract/protection-codes.ts';
import { coreSentences, type CoreSentences } from '../../text/core-sentences.ts';
import { jobNames, runningTitle, type JobValue } from '../../text/job-titles.ts';
import { showPath } from '../../text/show-path.ts';
import type { Speech } from '../../text/use-words.ts';
import { dismissalOf, mendOf, moreOf, type Mend } from './mend.ts';
import { restoreOutcome, shareDone } from '../../parts/restore-outcome.ts';
import { filesBack } from '../../parts/restore-words.ts';
import type { TimeLeft } from '../../parts/time-left.ts';

/** How a state looks: shape and word tell as much as the colour. */
export type Tone = 'good' | 'warning' | 'danger' | 'quiet';

export interface CopyView {
  readonly placeId: string;
  readonly place: string;
  readonly words: string;
  readonly tone: Tone;
}

export interface PlanView {
  readonly id: string;
  readonly name: string;
  readonly folders: string;
  readonly state: string;
  readonly tone: Tone;
  readonly copies: readonly CopyView[];
  /** What comes next for it; empty when nothing is planned. */
  readonly next: string;
  readonly canBackUp: boolean;
}

export interface JobView {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** 0 to 1; null while nobody knows. */
  readonly done: number | null;
  /** The person has held it. */
  readonly isResting: boolean;
}

export type ProblemView = ErrorText & {
  readonly key: string;
  readonly tone: Tone;
  readonly mend: Mend | undefined;
  /** Where more of it is to be read. */
  readonly more: ReturnType<typeof moreOf>;
  /** How to say "enough" to it, where that may be. */
  readonly dismissal: string | undefined;
};

export interface OverviewView {
  readonly sentence: string;
  readonly tone: Tone;
  readonly next: string;
  readonly problems: readonly ProblemView[];
  readonly plans: readonly PlanView[];
  readonly running: JobView | null;
  /** "Paused until tomorrow, 06:00."; null: not paused. */
  readonly paused: string | null;
  readonly canBackUp: boolean;
}

const TONES: Readonly<Record<ProtectionState, Tone>> = {
  protected: 'good',
  protectedExcept: 'good',
  cannotTell: 'warning',
  late: 'warning',
  inDanger: 'danger',
};

/** What the texts are made with. */
interface Telling extends Speech {
  readonly core: CoreSentences;
  readonly nowMs: number;
}

export function overviewView(mirror: Mirror, nowMs: number, speech: Speech, left?: TimeLeft): OverviewView {
  const telling: Telling = { ...speech, core: coreSentences(speech.language, speech.home), nowMs };
  const { core } = telling;
  const hasPlans = mirror.plans.length > 0;
  const problems = toldProblems(mirror);
  const running = shownJob(mirror);
  const isBackingUp = mirror.jobs.some((job) => job.kind === 'backup' && job.state === 'running');
  return {
    sentence: core.overview(mirror, nowMs),
    tone: !hasPlans ? 'quiet' : isOnlyHere(mirror) ? 'warning' : TONES[mirror.health.state],
    next: hasPlans ? core.nextBackup(mirror, nowMs) : '',
    problems: problems.map((problem) => ({
      key: problem.key,
      tone: toneOf(problem),
      ...core.problem(problem, mirror, nowMs),
      mend: mendOf(problem, mirror, speech.words),
      more: moreOf(problem, mirror, speech.words),
      dismissal: dismissalOf(problem, speech.words),
    })),
    plans: mirror.plans.map((plan) => planView(plan, mirror, telling)),
    running: running === undefined ? null : jobView(running, mirror, telling, left),
    paused:
      mirror.pause === null
        ? null
        : speech.words.overview.pausedUntil(core.until(mirror.pause.untilMs, nowMs)),
    canBackUp: !isBackingUp && mirror.plans.some(({ isOn }) => isOn),
  };
}

/** Protected, but only this computer can open the copies. */
function isOnlyHere({ health }: Mirror): boolean {
  return (
    health.state === 'protectedExcept' && health.problems.some(({ code }) => code === 'recoveryUnproven')
  );
}

function toneOf({ code, state }: Mirror['health']['problems'][number]): Tone {
  if (code === 'recoveryUnproven') return 'warning';
  return TONES[state] === 'good' ? 'quiet' : TONES[state];
}

/** Each cause once: an empty page tells of `noPlans`, and a place that is away is why saving to it does not go. */
function toldProblems({ health: { problems } }: Mirror): Mirror['health']['problems'] {
  const away = new Set(
    problems
      .filter(({ code }) => code === 'placeAway' || code === 'placeUnseen')
      .flatMap(({ placeIds }) => placeIds),
  );
  return problems.filter(
    ({ code, errorCode = '', placeIds }) =>
      code !== 'noPlans' &&
      !(code === 'failing' && AWAY_ERRORS.has(errorCode) && placeIds.every((id) => away.has(id))),
  );
}

const AWAY_ERRORS = new Set(['storage.unreachable', 'storage.driveGone', 'storage.timeout']);

/** Of several, the one that people wait for. */
export function shownJob({ jobs }: Mirror): JobValue | undefined {
  const active = jobs.filter(({ state }) => state === 'running' || state === 'paused');
  return (
    active.find((job) => job.startedBy === 'person' && job.state === 'running') ??
    active.find((job) => job.kind === 'backup' && job.state === 'running') ??
    active[0]
  );
}

function planView(plan: Mirror['plans'][number], mirror: Mirror, telling: Telling): PlanView {
  const { health, jobs, next } = mirror;
  const { core, nowMs, words, home } = telling;
  const state = health.plans.find(({ planId }) => planId === plan.id)?.state ?? 'cannotTell';
  const coming = next.find(({ planId }) => planId === plan.id);
  const pausedUntilMs = plan.isOn && plan.pause !== null ? plan.pause.untilMs : 0;
  return {
    id: plan.id,
    name: plan.name,
    folders: plan.folders.map((folder) => showPath(folder, home)).join(', '),
    state: plan.isOn ? core.planState(plan.id, health) : words.overview.switchedOff,
    tone: plan.isOn ? TONES[state] : 'quiet',
    copies: plan.placeIds.map((id) => copyView(id, plan.id, mirror, telling)),
    next:
      pausedUntilMs > nowMs
        ? words.overview.planPaused(core.until(pausedUntilMs, nowMs))
        : coming === undefined
          ? ''
          : nextWords(coming, telling),
    canBackUp:
      plan.isOn &&
      plan.placeIds.length > 0 &&
      !jobs.some((job) => job.planId === plan.id && job.kind === 'backup' && job.state === 'running'),
  };
}

function copyView(
  placeId: string,
  planId: string,
  { places, health }: Mirror,
  { core, nowMs, words }: Telling,
): CopyView {
  const copy = health.copies.find((one) => one.planId === planId && one.placeId === placeId);
  const newestMs = copy?.newestAtMs;
  return {
    placeId,
    place: places.find(({ id }) => id === placeId)?.name ?? words.overview.gonePlace,
    words: newestMs === undefined ? words.overview.nothingYet : core.past(newestMs, nowMs),
    tone: copy === undefined ? 'quiet' : TONES[copy.state],
  };
}

function nextWords({ atMs, wait }: Mirror['next'][number], { core, nowMs, words }: Telling): string {
  if (wait !== null) return words.overview.next(core.wait(wait));
  return atMs === null ? '' : words.overview.next(core.future(atMs, nowMs));
}

function jobView(job: JobValue, mirror: Mirror, telling: Telling, left: TimeLeft | undefined): JobView {
  const { words } = telling;
  const { progress } = job;
  const isKnown = progress !== null && progress.totalBytes !== null && progress.totalBytes > 0;
  const isResting = job.state === 'paused';
  const back = isResting && job.kind === 'restore' ? restoreOutcome([job]) : undefined;
  const parts = [
    isResting ? words.overview.stopped : '',
    back === undefined || job.result === null ? '' : filesBack(back, telling),
    progress === null ? (isResting ? '' : words.overview.starting) : progressWords(progress, telling),
    left === undefined || isResting ? '' : leftWords(left, telling),
  ];
  return {
    id: job.id,
    title: runningTitle(job, jobNames(job, mirror), words),
    detail: parts.filter((part) => part !== '').join(' · '),
    done: isKnown
      ? Math.min(1, progress.bytesDone / (progress.totalBytes ?? 1))
      : back === undefined
        ? null
        : shareDone(back),
    isResting,
  };
}

function progressWords(
  { filesDone, bytesDone, totalBytes }: NonNullable<JobValue['progress']>,
  { formats, words: { overview } }: Telling,
): string {
  const count = formats.count(filesDone);
  const done = formats.bytes(bytesDone);
  return totalBytes === null
    ? overview.progress(count, filesDone === 1, done)
    : overview.progressOf(count, filesDone === 1, done, formats.bytes(totalBytes));
}

/** A range only where its ends read differently. */
function leftWords({ fromMs, toMs }: TimeLeft, { formats, words: { overview } }: Telling): string {
  const [from, to] = [formats.about(fromMs), formats.about(toMs)];
  return from === to ? overview.left(to) : overview.leftBetween(from, to);
}

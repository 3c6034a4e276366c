/** What the overview shows, from the mirror alone. Pure; the page draws it and nothing else. */
import {
  describeProblem,
  nextBackupWords,
  overviewSentence,
  waitWords,
} from '#contract/app/overview-words.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { ErrorText } from '#contract/error-texts.ts';
import type { ProtectionState } from '#contract/protection-codes.ts';
import { STATE_TEXTS } from '#contract/protection-texts.ts';
import { futureWords, pastWords, untilWords } from '#contract/time-words.ts';
import { speechOf } from '../../text/use-words.ts';

const formatBytes = speechOf('en').formats.bytes;

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
}

export interface OverviewView {
  readonly sentence: string;
  readonly tone: Tone;
  readonly next: string;
  readonly problems: readonly (ErrorText & { readonly key: string; readonly tone: Tone })[];
  readonly plans: readonly PlanView[];
  readonly running: JobView | null;
  /** "Paused until tomorrow, 06:00"; null: not paused. */
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

/** Words for kinds of jobs; others say "Working". */
const JOB_TITLES: Readonly<Record<string, string>> = {
  backup: 'Backing up',
  restore: 'Putting files back',
  undo: 'Taking a restore back',
  verify: 'Proving that stored data is sound',
  thinOut: 'Thinning out old versions',
  cleanUp: 'Giving back room',
  saveSettings: 'Saving plans and settings',
  readHistory: 'Reading what a place holds',
};

export function overviewView(mirror: Mirror, nowMs: number): OverviewView {
  const running = mirror.jobs.find(({ state }) => state === 'running');
  const isBackingUp = running?.kind === 'backup';
  const problems = mirror.health.problems.filter(({ code }) => code !== 'noPlans');
  return {
    sentence: overviewSentence(mirror, nowMs),
    tone: mirror.plans.length === 0 ? 'quiet' : TONES[mirror.health.state],
    next: mirror.plans.length === 0 ? '' : nextBackupWords(mirror, nowMs),
    problems: problems.map((problem) => ({
      key: problem.key,
      tone: TONES[problem.state] === 'good' ? 'quiet' : TONES[problem.state],
      ...describeProblem(problem, mirror, nowMs),
    })),
    plans: mirror.plans.map((plan) => planView(plan, mirror, nowMs)),
    running: running === undefined ? null : jobView(running, mirror),
    paused: mirror.pause === null ? null : `Paused until ${untilWords(mirror.pause.untilMs, nowMs)}`,
    canBackUp: !isBackingUp && mirror.plans.some(({ isOn }) => isOn),
  };
}

function planView(plan: Mirror['plans'][number], mirror: Mirror, nowMs: number): PlanView {
  const { health, jobs, next } = mirror;
  const state = health.plans.find(({ planId }) => planId === plan.id)?.state ?? 'cannotTell';
  const coming = next.find(({ planId }) => planId === plan.id);
  return {
    id: plan.id,
    name: plan.name,
    folders: plan.folders
      .map((folder) => (typeof folder === 'string' ? folder : '(unreadable name)'))
      .join(', '),
    state: plan.isOn ? STATE_TEXTS[state] : 'Switched off',
    tone: plan.isOn ? TONES[state] : 'quiet',
    copies: plan.placeIds.map((id) => copyView(id, plan.id, mirror, nowMs)),
    next: coming === undefined ? '' : nextWords(coming, nowMs),
    canBackUp:
      plan.isOn &&
      !jobs.some((job) => job.planId === plan.id && job.kind === 'backup' && job.state === 'running'),
  };
}

function copyView(placeId: string, planId: string, { places, health }: Mirror, nowMs: number): CopyView {
  const copy = health.copies.find((one) => one.planId === planId && one.placeId === placeId);
  const newestMs = copy?.newestAtMs;
  return {
    placeId,
    place: places.find(({ id }) => id === placeId)?.name ?? 'a place that is gone',
    words: newestMs === undefined ? 'nothing yet' : pastWords(newestMs, nowMs),
    tone: copy === undefined ? 'quiet' : TONES[copy.state],
  };
}

function nextWords({ atMs, wait }: Mirror['next'][number], nowMs: number): string {
  if (wait !== null) return `Next ${waitWords(wait)}`;
  return atMs === null ? '' : `Next ${futureWords(atMs, nowMs)}`;
}

function jobView(job: Mirror['jobs'][number], { plans, places }: Mirror): JobView {
  const title = JOB_TITLES[job.kind] ?? 'Working';
  const plan = plans.find(({ id }) => id === job.planId)?.name;
  const place = places.find(({ id }) => id === job.placeId)?.name;
  const { progress } = job;
  const isKnown = progress !== null && progress.totalBytes !== null && progress.totalBytes > 0;
  return {
    id: job.id,
    title: [title, plan].filter(Boolean).join(' ') + (place === undefined ? '' : ` to ${place}`),
    detail: progress === null ? 'Starting' : progressWords(progress),
    done: isKnown ? Math.min(1, progress.bytesDone / (progress.totalBytes ?? 1)) : null,
  };
}

function progressWords({
  filesDone,
  bytesDone,
  totalBytes,
}: NonNullable<Mirror['jobs'][number]['progress']>): string {
  const files = `${filesDone.toLocaleString('en-GB')} ${filesDone === 1 ? 'file' : 'files'}`;
  const sizes =
    totalBytes === null ? formatBytes(bytesDone) : `${formatBytes(bytesDone)} of ${formatBytes(totalBytes)}`;
  return `${files}, ${sizes}`;
}

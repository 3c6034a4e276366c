/** What a trial of a place showed, for a terminal: a line for each thing that was tried. */
import { fromWireError } from '#base/errors.ts';
import type { TrialStep, WirePlaceTrial } from '#contract/app/place-trial.ts';
import { wireError } from '#contract/app/values.ts';
import { COMMAND_LINE_WORDS, errorText } from '#contract/error-texts.ts';
import { formatBytes, formatCount } from '../format-values.ts';
import { dayText } from '../kept-words.ts';

type WireStep = WirePlaceTrial['writes'];
type WireSpeed = NonNullable<WirePlaceTrial['upload']>;

/** Dates of servers have whole seconds. */
const SAME_TIME_MS = 2_000;

export function trialLines(trial: WirePlaceTrial, freeBytes: number | null): string[] {
  const { keeping, clockAheadMs } = trial;
  const isNew = trial.writes.kind === 'notTried' && trial.removes.kind === 'notTried';
  const rows: (readonly [string, string])[] = [
    ['Write', stepWords(trial.writes, keeping.kind === 'everything')],
    ['Read back', stepWords(trial.readsBack)],
    ['List', stepWords(trial.lists)],
    ['Remove', keeping.kind === 'everything' ? keptWords(keeping.untilMs) : stepWords(trial.removes)],
    ...(keeping.kind === 'locked'
      ? ([['Lock', `on: what is written now stays until ${dayText(keeping.untilMs)}`]] as const)
      : []),
    ['Free', freeBytes === null ? 'the place does not say' : formatBytes(freeBytes)],
    ['Upload', speedWords(trial.upload, trial)],
    ['Download', speedWords(trial.download, trial)],
    ['Clock', clockAheadMs === null ? 'the place does not say' : clockWords(clockAheadMs)],
  ];
  return [
    ...rows.map(([title, words]) => `  ${title.padEnd(11)}${words}`),
    ...(isNew ? ['What is not tried shows when there is something there to write into.'] : []),
    ...leftLines(trial),
  ];
}

/** The place cannot be used as it is; that it keeps what it has is no fault. */
export function hasFailed({ writes, readsBack, lists, removes, keeping }: WirePlaceTrial): boolean {
  const isRemovalFailed = removes.kind === 'failed' && keeping.kind !== 'everything';
  return isRemovalFailed || [writes, readsBack, lists].some(({ kind }) => kind === 'failed');
}

function stepWords(step: WireStep, wouldStay = false): string {
  const words: Record<TrialStep['kind'], () => string> = {
    worked: () => 'works',
    notTried: () => (wouldStay ? 'not tried, because what is written stays' : 'not tried'),
    failed: () => (step.kind === 'failed' ? reasonWords(step.error) : ''),
  };
  return words[step.kind]();
}

function reasonWords(error: Parameters<typeof wireError.decode>[0]): string {
  return `does not work: ${errorText(fromWireError(wireError.decode(error)), COMMAND_LINE_WORDS).title}`;
}

function keptWords(untilMs: number | null): string {
  return untilMs === null
    ? 'not possible: the place keeps everything that it has (append-only)'
    : `not possible before ${dayText(untilMs)}: the place keeps everything until then`;
}

function speedWords(speed: WireSpeed | null, { keeping }: WirePlaceTrial): string {
  if (speed === null)
    return keeping.kind === 'everything' || keeping.kind === 'locked'
      ? 'not measured, because what is written stays'
      : 'not measured';
  const perSecond = `${formatBytes((speed.bytes / speed.ms) * 1000)}/s`;
  return speed.isSlower ? `slower than ${perSecond}` : `about ${perSecond}`;
}

function clockWords(aheadMs: number): string {
  if (Math.abs(aheadMs) < SAME_TIME_MS) return 'agrees with this computer';
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const span =
    seconds < 120
      ? formatCount(seconds, 'second')
      : seconds < 7200
        ? formatCount(Math.round(seconds / 60), 'minute')
        : formatCount(Math.round(seconds / 3600), 'hour');
  return `${span} ${aheadMs > 0 ? 'ahead of' : 'behind'} this computer`;
}

function leftLines({ left, keeping }: WirePlaceTrial): string[] {
  if (left === null) return [];
  const what = `${left.files === 1 ? 'A test file' : `${left.files} test files`} (${formatBytes(left.bytes)})`;
  if (left.untilMs !== null) return [`${what} stays there until ${dayText(left.untilMs)}; nobody sees it.`];
  return keeping.kind === 'everything'
    ? [`${what} stays there, as everything does; nobody sees it.`]
    : [`${what} could not be removed again; the next prune tries it once more.`];
}

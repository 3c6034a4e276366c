/** Decisions of the plan editor that need no drawing: patterns for single folders, sentences about a plan. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import type { PlanChoices } from '../../core-link/plan-choices.ts';
import type { Speech } from '../../text/use-words.ts';
import { toLines, USUAL_LINES, toRetention, type Duration, type KeepLine } from './retention-lines.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type AgeUnit = 'minutes' | 'hours' | 'days';
export const AGE_UNIT_MS: Readonly<Record<AgeUnit, number>> = {
  minutes: MINUTE_MS,
  hours: HOUR_MS,
  days: DAY_MS,
};

/** What suits most people, before anybody has chosen. */
export function newChoices(name: string, placeIds: readonly string[]): PlanChoices {
  return {
    name,
    isOn: true,
    folders: [],
    exclusions: { presets: ['caches'], patterns: [] },
    placeIds: [...placeIds],
    schedule: { maxAgeMs: DAY_MS, fixedTimes: [], isWatching: true },
    retention: toRetention(USUAL_LINES, { counts: {}, withinUnits: {}, tagLists: [] }),
    conditions: { mainsOnly: false, avoidMetered: true, quietHours: [], bandwidth: [] },
    commands: { before: [], after: [] },
  };
}

/** The largest unit that says it without a fraction. */
export function splitAge(ageMs: number): { readonly amount: number; readonly unit: AgeUnit } {
  for (const unit of ['days', 'hours'] as const)
    if (ageMs % AGE_UNIT_MS[unit] === 0 && ageMs >= 2 * AGE_UNIT_MS[unit])
      return { amount: ageMs / AGE_UNIT_MS[unit], unit };
  if (ageMs % HOUR_MS === 0) return { amount: ageMs / HOUR_MS, unit: 'hours' };
  return { amount: Math.max(1, Math.round(ageMs / MINUTE_MS)), unit: 'minutes' };
}

/** The pattern that leaves out one folder with all that is in it; undefined where its name is no text. */
export function patternOf(folder: WirePath, platform: string): string | undefined {
  if (typeof folder !== 'string') return undefined;
  return platform === 'win32' ? folder.replaceAll('[', '[[]') : folder.replace(/[\\[\]*?]/g, '\\$&');
}

/** The choices with one folder left out by its own pattern, or no longer. */
export function withFolder(
  choices: PlanChoices,
  folder: WirePath,
  isCopied: boolean,
  platform: string,
): PlanChoices {
  const pattern = patternOf(folder, platform);
  if (pattern === undefined) return choices;
  const { exclusions } = choices;
  const others = exclusions.patterns.filter((each) => each !== pattern && each !== `!${pattern}`);
  // What another rule leaves out is taken back in by name.
  const isOwn = exclusions.patterns.includes(pattern);
  const patterns = isCopied ? (isOwn ? others : [...others, `!${pattern}`]) : [...others, pattern];
  return { ...choices, exclusions: { ...exclusions, patterns } };
}

/** "one a day for 2 months". */
export function lineWords({ every, lasts }: KeepLine, speech: Speech): string {
  const { folders: words } = speech.words;
  if (every === 'newest')
    return `${words.every.newest} ${lasts.kind === 'count' ? speech.formats.count(lasts.count) : ''}`.trim();
  return `${words.every[every]} ${words.keepFor} ${durationWords(lasts, speech)}`;
}

export function durationWords(lasts: Duration, { words: { folders: words }, formats }: Speech): string {
  switch (lasts.kind) {
    case 'ever':
      return words.ever;
    case 'count':
      return `${words.countOf} ${formats.count(lasts.count)}`;
    case 'span':
      return formats.list(
        lasts.parts.map(
          ([unit, amount]) =>
            `${formats.count(amount)} ${amount === 1 ? words.one[unit] : words.units[unit]}`,
        ),
      );
  }
}

/** All lines in one sentence. */
export function keepSentence(choices: Pick<PlanChoices, 'retention'>, speech: Speech): string {
  const { folders: words } = speech.words;
  const lines = toLines(choices.retention);
  if (lines.length === 0) return words.keepAll;
  return `${words.keepWord} ${speech.formats.list(lines.map((line) => lineWords(line, speech)))}.`;
}

/** When versions are made, in one line. */
export function whenSentence({ schedule }: Pick<PlanChoices, 'schedule'>, speech: Speech): string {
  const { folders: words } = speech.words;
  const parts: string[] = [];
  if (schedule.isWatching) parts.push(words.watching);
  if (schedule.maxAgeMs !== undefined) {
    const { amount, unit } = splitAge(schedule.maxAgeMs);
    parts.push(
      `${words.maxAge} ${speech.formats.count(amount)} ${amount === 1 ? words.one[unit] : words.units[unit]}`,
    );
  }
  for (const { minuteOfDay, weekdays } of schedule.fixedTimes)
    parts.push(
      `${daysWords(weekdays ?? [], speech)} ${words.at} ${clockWords(minuteOfDay, speech.formats.locale)}`,
    );
  return parts.length === 0 ? words.nothingPlanned : `${parts.join('. ')}.`;
}

export function daysWords(weekdays: readonly number[], { words, formats }: Speech): string {
  if (weekdays.length === 0 || weekdays.length === 7) return words.folders.everyDay;
  return formats.list([...weekdays].sort((a, b) => a - b).map((day) => dayName(day, formats.locale)));
}

/** @param weekday Monday is 1 */
export function dayName(weekday: number, locale: string): string {
  // The fifth of January 2026 is a Monday.
  return new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(new Date(2026, 0, 4 + weekday, 12));
}

export function clockWords(minuteOfDay: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(
    new Date(2026, 0, 5, Math.floor(minuteOfDay / 60), minuteOfDay % 60),
  );
}

/** Patterns as lines of a text, apart from those that are no text. */
export function patternLines(patterns: readonly WirePath[]): {
  readonly text: string;
  readonly foreign: readonly WirePath[];
} {
  return {
    text: patterns.filter((each) => typeof each === 'string').join('\n'),
    foreign: patterns.filter((each) => typeof each !== 'string'),
  };
}

/** Empty lines say nothing. Foreign ones come first, so that a line a person types has the last word. */
export function toPatterns(text: string, foreign: readonly WirePath[]): WirePath[] {
  return [
    ...foreign,
    ...text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ];
}

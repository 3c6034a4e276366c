/** The `--keep-*` options of `forget`: restic's names and short forms, and what they ask for as one policy and in words. */
import type { Command } from 'commander';
import type { CalendarSpan, CalendarUnit } from '#rules/calendar.ts';
import {
  CALENDAR_UNITS,
  formatSpan,
  isEmptySpan,
  KEEP_UNITS,
  parseKeepCount,
  parseRetentionSpan,
  type KeepUnit,
  type RetentionPolicy,
} from '#rules/retention-policy.ts';
import { asText, asTexts, collect } from './option-values.ts';

type CountFlag = `keep${Capitalize<KeepUnit>}`;
type WithinFlag = `keepWithin${Capitalize<CalendarUnit>}`;

export type PolicyFlags = Readonly<Partial<Record<CountFlag | WithinFlag | 'keepWithin', string>>> & {
  readonly keepTag?: string[];
};

export function definePolicyOptions(command: Command): Command {
  for (const unit of KEEP_UNITS) {
    const short = unit === 'hourly' ? 'H' : unit[0];
    const what = unit === 'last' ? 'the last n snapshots' : `one of each of the last n ${UNIT_NOUNS[unit]}s`;
    command.option(`-${short}, --keep-${unit} <n>`, `keep ${what} ("unlimited": all)`);
  }
  command.option('--keep-within <time>', 'keep all so far back from the newest, such as 1y5m7d2h');
  for (const unit of CALENDAR_UNITS)
    command.option(`--keep-within-${unit} <time>`, `keep one of each ${UNIT_NOUNS[unit]} so far back`);
  return command.option('--keep-tag <tag[,tag]>', 'keep all with these tags (repeatable)', collect);
}

const UNIT_NOUNS: Readonly<Record<CalendarUnit, string>> = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
};

/** @throws request.invalidInput */
export function readPolicy(flags: PolicyFlags): RetentionPolicy {
  const counts: Partial<Record<KeepUnit, number>> = {};
  for (const unit of KEEP_UNITS) {
    const text = flags[`keep${capitalize(unit)}`];
    if (text !== undefined) counts[unit] = parseKeepCount(`--keep-${unit}`, asText(text));
  }
  const withinUnits: Partial<Record<CalendarUnit, CalendarSpan>> = {};
  for (const unit of CALENDAR_UNITS) {
    const text = flags[`keepWithin${capitalize(unit)}`];
    if (text !== undefined) withinUnits[unit] = parseRetentionSpan(`--keep-within-${unit}`, asText(text));
  }
  const { keepWithin } = flags;
  return {
    counts,
    withinUnits,
    ...(keepWithin === undefined ? {} : { within: parseRetentionSpan('--keep-within', asText(keepWithin)) }),
    tagLists: asTexts(flags.keepTag).map((list) => list.split(',').map((tag) => tag.trim())),
  };
}

function capitalize<Text extends string>(text: Text): Capitalize<Text> {
  return (text.charAt(0).toUpperCase() + text.slice(1)) as Capitalize<Text>;
}

/** `the last 3, 7 daily, all within 2d`. */
export function describePolicy({ counts, within, withinUnits, tagLists }: RetentionPolicy): string {
  const parts = [
    ...KEEP_UNITS.flatMap((unit) => describeCount(unit, counts[unit] ?? 0)),
    ...(within === undefined || isEmptySpan(within) ? [] : [`all within ${formatSpan(within)}`]),
    ...CALENDAR_UNITS.flatMap((unit) => {
      const span = withinUnits[unit];
      return span === undefined || isEmptySpan(span) ? [] : [`${unit} within ${formatSpan(span)}`];
    }),
    ...tagLists.map((tags) => (tags.join('') === '' ? 'all without tags' : `all with tag ${tags.join('+')}`)),
  ];
  return parts.join(', ');
}

function describeCount(unit: KeepUnit, count: number): string[] {
  if (count === 0) return [];
  if (unit === 'last') return [count === Infinity ? 'all' : `the last ${count}`];
  return [count === Infinity ? `all ${unit}` : `${count} ${unit}`];
}

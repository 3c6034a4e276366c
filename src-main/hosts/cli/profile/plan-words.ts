/** Plans in words, for a terminal. */
import { planStateWords } from '#contract/app/overview-words.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { retention } from '#contract/app/values.ts';
import { waitText } from '#contract/protection-texts.ts';
import type { CalendarSpan } from '#rules/calendar.ts';
import type { RetentionPolicy } from '#rules/retention-policy.ts';
import { describePolicy } from '../forget-policy.ts';
import { formatName } from '../format-values.ts';
import { formatTable } from '../output.ts';
import { formatBandwidth, formatFixedTime, formatHours, formatSpanMs } from './day-times.ts';
import { momentText } from './moment-text.ts';
import type { WirePlan } from './profile-connection.ts';
import { pathText } from './wire-path.ts';

export function planTable({ plans, places, health }: Mirror): string[] {
  const rows = plans.map((plan) => [
    formatName(plan.name),
    plan.folders.map(pathText).join('\n'),
    plan.placeIds.map((id) => placeName(places, id)).join('\n'),
    stateOf(plan, health),
  ]);
  return formatTable(['Name', 'Folders', 'Places', 'State'], rows);
}

export function describePlan(plan: WirePlan, { places, health, next }: Mirror): string[] {
  const lines: [string, readonly string[]][] = [
    ['Name', [formatName(plan.name)]],
    ['Id', [plan.id]],
    ['State', [stateOf(plan, health)]],
    ['Folders', plan.folders.map(pathText)],
    ['Leaves out', [...plan.exclusions.presets, ...plan.exclusions.patterns.map(pathText)]],
    ['Saves to', plan.placeIds.map((id) => placeName(places, id))],
    ['When', scheduleLines(plan.schedule)],
    ['Not', conditionLines(plan.conditions)],
    ['Keeps', [describePolicy(policyOf(plan.retention)) || 'everything']],
    ['Runs before', plan.commands.before.map(commandLine)],
    ['Runs after', plan.commands.after.map(commandLine)],
    [
      'Next',
      next
        .filter(({ planId }) => planId === plan.id)
        .map(({ atMs, wait, placeId }) => `${placeName(places, placeId)}: ${nextText(atMs, wait)}`),
    ],
  ];
  return lines.flatMap(([title, values]) =>
    values.map((value, index) => `${(index === 0 ? title : '').padEnd(12)} ${value}`),
  );
}

export function placeName(places: Mirror['places'], id: string): string {
  return formatName(places.find((place) => place.id === id)?.name ?? id);
}

/** On the wire a span may leave out what is 0. */
function policyOf(wire: WirePlan['retention']): RetentionPolicy {
  const { counts, within, withinUnits, tagLists } = retention.decode(wire);
  const whole = (span: Partial<CalendarSpan>): CalendarSpan => ({
    years: 0,
    months: 0,
    days: 0,
    hours: 0,
    ...span,
  });
  return {
    counts,
    ...(within === undefined ? {} : { within: whole(within as Partial<CalendarSpan>) }),
    withinUnits: Object.fromEntries(
      Object.entries(withinUnits).map(([unit, span]) => [unit, whole(span as Partial<CalendarSpan>)]),
    ),
    tagLists,
  };
}

function stateOf(plan: WirePlan, health: Mirror['health']): string {
  if (!plan.isOn) return 'Switched off';
  const state = planStateWords(plan.id, health);
  return plan.pause === null ? state : `${state}, paused until ${momentText(plan.pause.untilMs)}`;
}

function scheduleLines({ maxAgeMs, fixedTimes, isWatching }: WirePlan['schedule']): string[] {
  const lines = [
    ...(isWatching ? ['soon after changes'] : []),
    ...(maxAgeMs === undefined ? [] : [`at least every ${formatSpanMs(maxAgeMs)}`]),
    ...fixedTimes.map((time) => `at ${formatFixedTime(time)}`),
  ];
  return lines.length === 0 ? ['only when you ask'] : lines;
}

function conditionLines({
  mainsOnly,
  avoidMetered,
  quietHours,
  bandwidth,
}: WirePlan['conditions']): string[] {
  return [
    ...(mainsOnly ? ['while on battery'] : []),
    ...(avoidMetered ? ['over a network that costs money'] : []),
    ...quietHours.map((hours) => `from ${formatHours(hours)}`),
    ...bandwidth.map((hours) => `faster than ${formatBandwidth(hours)}`),
  ];
}

function commandLine({ program, arguments: rest }: WirePlan['commands']['before'][number]): string {
  return [program, ...rest].map(pathText).join(' ');
}

function nextText(atMs: number | null, wait: string | null): string {
  const reason = wait === null ? '' : waitText(wait);
  const time = atMs === null ? '' : momentText(atMs);
  return [time, reason].filter((part) => part !== '').join(', ') || 'as soon as possible';
}

/** When versions are made: on changes, never older than, at fixed times; and what must be so for it. */
import { ActionIcon, Button, Checkbox, Switch } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PlanChoices } from '../../core-link/plan-choices.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { Section } from '../../ui/section.tsx';
import { WordChoice, WordNumber, WordTime } from '../../ui/word-choice.tsx';
import type { EditorPartProps } from './editor-part.ts';
import { AGE_UNIT_MS, dayName, splitAge, type AgeUnit } from './view-model.ts';

const AGE_UNITS: readonly AgeUnit[] = ['minutes', 'hours', 'days'];
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const DAY_MS = 86_400_000;
const SHORTEST_MINUTES = 5;
const KILOBYTE = 1_000;
const DIRECTIONS = ['up', 'down'] as const;

type Hours = PlanChoices['conditions']['quietHours'][number];

export function WhenSection({ choices, onChange }: EditorPartProps) {
  const { folders: words } = useWords();
  const { schedule } = choices;
  const { maxAgeMs, fixedTimes } = schedule;
  const change = (next: Partial<PlanChoices['schedule']>): void => {
    const { maxAgeMs: age, ...others } = { ...schedule, ...next };
    onChange({ ...choices, schedule: { ...others, ...(age === undefined ? {} : { maxAgeMs: age }) } });
  };
  return (
    <Section title={words.when} isCard>
      <div className="ticks">
        <Switch
          label={words.watching}
          checked={schedule.isWatching}
          onChange={({ currentTarget }) => change({ isWatching: currentTarget.checked })}
        />
        <div className="word-sentence">
          <Switch
            label={words.maxAge}
            checked={maxAgeMs !== undefined}
            onChange={({ currentTarget }) => {
              if (currentTarget.checked) change({ maxAgeMs: DAY_MS });
              else onChange({ ...choices, schedule: without(schedule) });
            }}
          />
          {maxAgeMs !== undefined && (
            <AgeWords ageMs={maxAgeMs} onChange={(next) => change({ maxAgeMs: next })} />
          )}
        </div>
        <Lines
          title={words.fixedTimes}
          add={words.addTime}
          lines={fixedTimes}
          made={{ minuteOfDay: 12 * 60 }}
          onChange={(lines) => change({ fixedTimes: lines })}
          draw={(line, put) => (
            <>
              <Days weekdays={line.weekdays} onChange={(weekdays) => put({ ...line, weekdays })} />
              {words.at}
              <WordTime
                label={words.time}
                minuteOfDay={line.minuteOfDay}
                onChange={(minuteOfDay) => put({ ...line, minuteOfDay })}
              />
            </>
          )}
        />
        {!schedule.isWatching && maxAgeMs === undefined && fixedTimes.length === 0 && (
          <p className="quiet">{words.nothingPlanned}</p>
        )}
      </div>
    </Section>
  );
}

export function ConditionsSection({ choices, onChange }: EditorPartProps) {
  const { folders: words } = useWords();
  const { conditions } = choices;
  const change = (next: Partial<PlanChoices['conditions']>): void =>
    onChange({ ...choices, conditions: { ...conditions, ...next } });
  return (
    <Section title={words.conditions} isCard>
      <div className="ticks">
        <Checkbox
          label={words.mainsOnly}
          checked={conditions.mainsOnly}
          onChange={({ currentTarget }) => change({ mainsOnly: currentTarget.checked })}
        />
        <Checkbox
          label={words.avoidMetered}
          checked={conditions.avoidMetered}
          onChange={({ currentTarget }) => change({ avoidMetered: currentTarget.checked })}
        />
        <Lines
          title={words.quietHours}
          add={words.addQuiet}
          lines={conditions.quietHours}
          made={{ fromMinute: 22 * 60, toMinute: 6 * 60 }}
          onChange={(quietHours) => change({ quietHours })}
          draw={(line, put) => <HoursWords hours={line} onChange={(hours) => put({ ...line, ...hours })} />}
        />
        <Lines
          title={words.bandwidth}
          add={words.addBandwidth}
          lines={conditions.bandwidth}
          made={{ fromMinute: 8 * 60, toMinute: 18 * 60, bytesPerSecond: 500 * KILOBYTE }}
          onChange={(bandwidth) => change({ bandwidth })}
          draw={(line, put) => (
            <>
              <HoursWords hours={line} onChange={(hours) => put({ ...line, ...hours })} />
              {words.atMost}
              <WordNumber
                label={words.speed}
                value={Math.max(1, Math.round(line.bytesPerSecond / KILOBYTE))}
                most={9_999_999}
                onChange={(kilobytes) => put({ ...line, bytesPerSecond: kilobytes * KILOBYTE })}
              />
              {words.kilobytes}
              <WordChoice
                label={words.direction}
                value={line.direction ?? 'up'}
                options={DIRECTIONS.map((value) => ({ value, label: words.directions[value] }))}
                onChange={(direction) => put({ ...line, direction })}
              />
            </>
          )}
        />
      </div>
    </Section>
  );
}

function without({ maxAgeMs: _maxAgeMs, ...others }: PlanChoices['schedule']): PlanChoices['schedule'] {
  return others;
}

function AgeWords({ ageMs, onChange }: { readonly ageMs: number; onChange(ageMs: number): void }) {
  const { folders: words } = useWords();
  const { amount, unit } = splitAge(ageMs);
  const least = (of: AgeUnit): number => (of === 'minutes' ? SHORTEST_MINUTES : 1);
  return (
    <>
      <WordNumber
        label={words.maxAgeNumber}
        value={amount}
        least={least(unit)}
        onChange={(next) => onChange(next * AGE_UNIT_MS[unit])}
      />
      <WordChoice
        label={words.maxAgeUnit}
        value={unit}
        options={AGE_UNITS.map((value) => ({
          value,
          label: amount === 1 ? words.one[value] : words.units[value],
        }))}
        onChange={(next) => onChange(Math.max(least(next), amount) * AGE_UNIT_MS[next])}
      />
    </>
  );
}

interface LinesProps<Line> {
  readonly title: string;
  readonly add: string;
  readonly lines: readonly Line[];
  /** What a new line begins as. */
  readonly made: Line;
  readonly draw: (line: Line, put: (line: Line) => void) => ReactNode;
  readonly onChange: (lines: Line[]) => void;
}

function Lines<Line>({ title, add, lines, made, draw, onChange }: LinesProps<Line>) {
  const { folders: words } = useWords();
  return (
    <div className="lines" role="group" aria-label={title}>
      <div className="lines-head">
        <b>{title}</b>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Plus size={15} strokeWidth={1.7} aria-hidden />}
          onClick={() => onChange([...lines, made])}
        >
          {add}
        </Button>
      </div>
      {lines.map((line, at) => (
        <div className="one-line" key={at}>
          <div className="word-sentence">
            {draw(line, (next) => onChange(lines.map((each, other) => (other === at ? next : each))))}
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={words.removeLine}
            onClick={() => onChange(lines.filter((_, other) => other !== at))}
          >
            <X size={15} strokeWidth={1.7} aria-hidden />
          </ActionIcon>
        </div>
      ))}
    </div>
  );
}

interface HoursWordsProps {
  readonly hours: Hours;
  readonly onChange: (hours: Hours) => void;
}

function HoursWords({ hours, onChange }: HoursWordsProps) {
  const { folders: words } = useWords();
  return (
    <>
      <Days weekdays={hours.weekdays} onChange={(weekdays) => onChange({ ...hours, weekdays })} />
      {words.between}
      <WordTime
        label={words.from}
        minuteOfDay={hours.fromMinute}
        onChange={(fromMinute) => onChange({ ...hours, fromMinute })}
      />
      {words.and}
      <WordTime
        label={words.until}
        minuteOfDay={hours.toMinute}
        onChange={(toMinute) => onChange({ ...hours, toMinute })}
      />
    </>
  );
}

interface DaysProps {
  readonly weekdays: Hours['weekdays'];
  readonly onChange: (weekdays: Exclude<Hours['weekdays'], undefined>) => void;
}

/** None ticked and all ticked both mean every day; the last one cannot be taken away. */
function Days({ weekdays, onChange }: DaysProps) {
  const { folders: words } = useWords();
  const { locale } = useFormats();
  const chosen = weekdays === undefined || weekdays.length === 0 ? [...WEEKDAYS] : weekdays;
  return (
    <span className="days" role="group" aria-label={words.days}>
      {WEEKDAYS.map((day) => {
        const isOn = chosen.includes(day);
        return (
          <button
            type="button"
            key={day}
            aria-pressed={isOn}
            disabled={isOn && chosen.length === 1}
            onClick={() =>
              onChange(WEEKDAYS.filter((each) => (each === day ? !isOn : chosen.includes(each))))
            }
          >
            {dayName(day, locale)}
          </button>
        );
      })}
    </span>
  );
}

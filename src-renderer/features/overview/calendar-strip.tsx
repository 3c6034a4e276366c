/** The last 12 weeks, a square a day: what was made, what did not succeed, when nothing ran. With a table for screen readers. */
import { useMemo } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useSpeech } from '../../text/use-words.ts';
import { Facts } from '../../ui/facts.tsx';
import { Section } from '../../ui/section.tsx';
import { calendarDays, WEEKS, type CalendarDay, type CalendarFacts } from './calendar.ts';

const CELL = 15;
const GAP = 4;
const STEP = CELL + GAP;
/** From so many versions a day on it is drawn full. */
const MANY = 6;
const MOST_ENTRIES = 1_000;

type Loaded = Pick<CalendarFacts, 'versionsMs' | 'jobs' | 'signsMs'>;

export function CalendarStrip({ mirror, nowMs }: { readonly mirror: Mirror; readonly nowMs: number }) {
  const core = useCore();
  const { words, formats } = useSpeech();
  const { calendar } = words.overview;
  const placeIds = mirror.places.map(({ id }) => id);
  const copiesMs = mirror.health.copies.flatMap(({ newestAtMs }) => newestAtMs ?? []);
  const ended = Math.max(0, ...mirror.jobs.map(({ endedAtMs }) => endedAtMs ?? 0));
  const { value } = useAnswer(() => loadCalendar(core, placeIds), [placeIds, ended]);
  const sinceMs = mirror.plans.reduce((least, { createdAtMs }) => Math.min(least, createdAtMs), nowMs);
  // The newest of each copy is known even where the history of its place has not been read.
  const copiesKey = copiesMs.join();
  const versionsMs = useMemo(
    () => [...new Set([...(value?.versionsMs ?? []), ...copiesMs])],
    [value, copiesKey],
  );
  const days = useMemo(
    () => (value === undefined ? [] : calendarDays({ ...value, versionsMs, sinceMs }, nowMs)),
    [value, versionsMs, sinceMs, nowMs],
  );
  if (value === undefined) return null;
  const described = (day: CalendarDay): string => {
    const name = formats.day(day.noonMs, nowMs);
    switch (day.kind) {
      case 'versions':
        return calendar.versions(name, day.versions, day.hasFailure);
      case 'failed':
      case 'none':
      case 'off':
      case 'before':
        return calendar[day.kind](name);
      case 'future':
        return '';
    }
  };
  const past = days.filter(({ kind }) => kind !== 'future');
  const summary = calendar.summary(
    days.filter(({ kind }) => kind === 'versions').length,
    days.filter(({ hasFailure }) => hasFailure).length,
  );
  const [oldestMs, newestMs] = [Math.min(...versionsMs), Math.max(...versionsMs)];
  return (
    <Section title={calendar.title} note={summary} isCard>
      <div className="calendar">
        <svg
          width={WEEKS * STEP - GAP}
          height={7 * STEP - GAP}
          viewBox={`0 0 ${WEEKS * STEP - GAP} ${7 * STEP - GAP}`}
          role="img"
          aria-label={summary}
        >
          {past.map((day) => (
            <Square key={day.noonMs} day={day} title={described(day)} />
          ))}
        </svg>
        <ul className="legend" aria-hidden="true">
          {(
            [
              ['versions', 1, calendar.legendVersions],
              ['versions', MANY, calendar.legendMany(MANY)],
              ['failed', 0, calendar.legendFailed],
              ['none', 0, calendar.legendNone],
              ['off', 0, calendar.legendOff],
            ] as const
          ).map(([kind, versions, label]) => (
            <li key={label}>
              <svg width={CELL} height={CELL}>
                <Square
                  day={{ kind, versions, hasFailure: kind === 'failed', week: 0, weekday: 0, noonMs: 0 }}
                />
              </svg>
              {label}
            </li>
          ))}
        </ul>
        {versionsMs.length > 0 && (
          <div className="sum">
            <Facts
              facts={[
                [calendar.all, formats.count(versionsMs.length)],
                [calendar.newest, formats.moment(newestMs, nowMs)],
                [calendar.oldest, formats.moment(oldestMs, nowMs)],
              ]}
            />
          </div>
        )}
        <table className="unseen">
          <caption>{calendar.title}</caption>
          <thead>
            <tr>
              <th scope="col">{calendar.tableWhat}</th>
            </tr>
          </thead>
          <tbody>
            {past
              .filter(({ kind }) => kind !== 'before')
              .map((day) => (
                <tr key={day.noonMs}>
                  <td>{described(day)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** Full, half, struck through, hollow, or a mere point: told apart without colour. */
function Square({ day, title }: { readonly day: CalendarDay; readonly title?: string }) {
  const x = day.week * STEP;
  const y = day.weekday * STEP;
  return (
    <g className={`day ${day.kind}${day.versions >= MANY ? ' many' : ''}`}>
      {title !== undefined && <title>{title}</title>}
      <rect x={x + 0.5} y={y + 0.5} width={CELL - 1} height={CELL - 1} rx="3.5" />
      {day.kind === 'failed' && (
        <path d={`M${x + 4} ${y + 4}l${CELL - 8} ${CELL - 8}m0 ${8 - CELL}l${8 - CELL} ${CELL - 8}`} />
      )}
      {day.kind === 'versions' && day.hasFailure && (
        <path className="mark" d={`M${x + CELL - 6} ${y}h6v6z`} />
      )}
      {day.kind === 'none' && <path d={`M${x + 4.5} ${y + CELL / 2}h${CELL - 9}`} />}
    </g>
  );
}

async function loadCalendar({ calls }: CoreLink, placeIds: readonly string[]): Promise<Loaded> {
  const [points, jobs, entries] = await Promise.all([
    // A place whose history cannot be read leaves its days out; the others are shown.
    Promise.all(placeIds.map((placeId) => calls['browse.points']({ placeId }).catch(() => []))),
    calls['jobs.list']({ limit: MOST_ENTRIES, beforeMs: null }),
    calls['activity.list']({ limit: MOST_ENTRIES, before: null }),
  ]);
  return {
    versionsMs: points.flat().map(({ timeMs }) => timeMs),
    jobs,
    signsMs: entries.map(({ atMs }) => atMs),
  };
}

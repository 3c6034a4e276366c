/** What a place holds: its largest folders as bars, and how what was added grew together over time. */
import { useAnswer } from '../core-link/use-answer.ts';
import { useCore } from '../core-link/use-core.ts';
import { useFormats, useWords } from '../text/use-words.ts';
import { BarList } from '../ui/bar-list.tsx';
import { GrowthChart } from '../ui/growth-chart.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Refusal } from './refusal.tsx';
import { folderBars, growthPoints } from './space-view.ts';
import './space-charts.css';

export interface SpaceChartsProps {
  readonly placeId: string;
  /** Asked anew when it changes. */
  readonly news: unknown;
  readonly nowMs: number;
}

export function SpaceCharts({ placeId, news, nowMs }: SpaceChartsProps) {
  const { calls } = useCore();
  const { frame, space: words } = useWords();
  const formats = useFormats();
  const { value: space, ...answer } = useAnswer(
    (signal) => calls['space.get']({ placeId }, { signal }),
    [placeId, news],
  );
  if (space === undefined) {
    return answer.kind === 'refused' ? <Refusal error={answer.error} /> : <Skeleton label={frame.loading} />;
  }
  const points = growthPoints(space.points);
  const [first] = points;
  const last = points.at(-1);
  const bars = folderBars(space.byFolder);
  return (
    <div className="space-charts">
      <div>
        <h3>{words.byFolder}</h3>
        {bars.length === 0 ? (
          <p className="nothing">{words.noFolders}</p>
        ) : (
          <BarList
            caption={words.byFolder}
            headings={[words.tableFolder, words.tableSize]}
            bars={bars.map(({ key, name, path, bytes }) => ({
              key,
              name: name ?? words.others,
              title: name === null ? words.others : path,
              value: bytes,
              words: formats.bytes(bytes),
            }))}
          />
        )}
      </div>
      <div>
        <h3>{words.overTime}</h3>
        {first === undefined || last === undefined || points.length < 2 ? (
          <p className="nothing">{words.noPoints}</p>
        ) : (
          <GrowthChart
            summary={words.chart(
              formats.day(first.timeMs, nowMs),
              formats.day(last.timeMs, nowMs),
              formats.bytes(last.totalBytes),
            )}
            headings={[words.tableTime, words.tableAdded, words.tableTotal]}
            from={formats.day(first.timeMs, nowMs)}
            to={`${formats.day(last.timeMs, nowMs)} · ${formats.bytes(last.totalBytes)}`}
            points={points.map(({ key, timeMs, addedBytes, totalBytes }) => ({
              key,
              at: timeMs,
              total: totalBytes,
              words: [formats.moment(timeMs, nowMs), formats.bytes(addedBytes), formats.bytes(totalBytes)],
            }))}
          />
        )}
      </div>
      <p className="nothing whole">
        {space.storedBytes === null
          ? words.unknown
          : [
              words.stored(formats.bytes(space.storedBytes)),
              space.freeBytes === null ? '' : words.free(formats.bytes(space.freeBytes)),
            ]
              .filter((part) => part !== '')
              .join(' · ')}
      </p>
    </div>
  );
}

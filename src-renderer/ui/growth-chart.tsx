/** What came together over time, as a quiet area; for screen readers a table with the same numbers. */
import './growth-chart.css';

export interface GrowthChartProps {
  /** The whole in one sentence. */
  readonly summary: string;
  readonly headings: readonly [time: string, added: string, total: string];
  /** Oldest first, at least two; `at` in any unit that grows. */
  readonly points: readonly {
    readonly key: string;
    readonly at: number;
    readonly total: number;
    readonly words: readonly [time: string, added: string, total: string];
  }[];
  readonly from: string;
  readonly to: string;
}

const WIDTH = 400;
const HEIGHT = 120;
/** More lines than that are read by nobody. */
const MOST_ROWS = 100;

export function GrowthChart({ summary, headings, points, from, to }: GrowthChartProps) {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const length = Math.max(1, last.at - first.at);
  const most = Math.max(1, last.total);
  const line = points
    .map(({ at, total }) => {
      const x = (WIDTH * (at - first.at)) / length;
      const y = HEIGHT - (HEIGHT - 8) * (total / most);
      return `${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('L');
  return (
    <figure className="growth-chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        <path className="area" d={`M0 ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}Z`} />
        <path className="line" d={`M${line}`} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className="axis" aria-hidden="true">
        <span>{from}</span>
        <span>{to}</span>
      </div>
      <table className="unseen">
        <caption>{summary}</caption>
        <thead>
          <tr>
            {headings.map((heading) => (
              <th scope="col" key={heading}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.slice(-MOST_ROWS).map(({ key, words: [time, added, total] }) => (
            <tr key={key}>
              <th scope="row">{time}</th>
              <td>{added}</td>
              <td>{total}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

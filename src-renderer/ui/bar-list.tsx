/** Sizes beside each other as bars, each with its name and value in words: a table, to eyes and screen readers alike. */
import './bar-list.css';

export interface BarListProps {
  readonly caption: string;
  readonly headings: readonly [name: string, value: string];
  readonly bars: readonly {
    readonly key: string;
    readonly name: string;
    /** The whole name, where it is cut. */
    readonly title?: string;
    readonly value: number;
    readonly words: string;
  }[];
}

export function BarList({ caption, headings, bars }: BarListProps) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <table className="bar-list">
      <caption className="unseen">{caption}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">{headings[0]}</th>
          <th scope="col">{headings[1]}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ key, name, title = name, value, words }) => (
          <tr key={key}>
            <th scope="row" title={title}>
              {name}
            </th>
            <td>
              <span className="bar" aria-hidden="true">
                <span style={{ inlineSize: `${(100 * value) / most}%` }} />
              </span>
              <span className="value">{words}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

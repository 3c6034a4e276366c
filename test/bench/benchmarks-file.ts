/**
 * The text of docs/benchmarks.md: the latest tables, and one line per recorded run below. Pure. Only lines of the
 * history, and what was measured by hand, are taken over from the file there was; everything else is made anew, so the
 * file stays short.
 */
import type { BenchResult, ComparisonId } from './bench-result.ts';
import { formatBytes, formatRatio } from './format-figures.ts';
import { makeRemarks, makeTables, peak, ratioOf, renderMarkdown, wall } from './result-table.ts';

const HISTORY_LINES = 50;

const COLUMNS: readonly (readonly [ComparisonId, string])[] = [
  ['first-small', 'first, small'],
  ['first-large', 'first, large'],
  ['unchanged', 'unchanged'],
  ['one-changed', 'one changed'],
  ['restore', 'restore'],
  ['check', 'check'],
];

/** Rows that came later stand last, so that older lines keep their places. */
const LATER_COLUMNS: typeof COLUMNS = [
  ['one-told', 'one changed, told'],
  ['prune', 'prune'],
  ['copy', 'copy'],
];

const HISTORY_HEADING = '## History';

/** `previous`: the file as it is; undefined when there is none yet. */
export function updateBenchmarksFile(previous: string | undefined, result: BenchResult): string {
  const history = [historyLine(result), ...historyLines(previous ?? '')].slice(0, HISTORY_LINES);
  const headings = ['date', 'Tidemark', 'machine', 'restic', ...COLUMNS.map(([, title]) => title)];
  const columns = [...headings, 'most memory', ...LATER_COLUMNS.map(([, title]) => title)];
  return `# Benchmarks

Made by \`npm run bench -- --record\`. Whole processes, medians, both programs run alternately on the same data with a warm cache, each with its default compression and encryption. Ratio = Tidemark / restic: below 1 Tidemark takes less. Memory is the largest sum of the resident memory (RSS) of a program and its descendants.

## Latest

${describeRun(result)}

${renderMarkdown(makeTables(result))}

${HISTORY_HEADING}

Ratios of time; "most memory" is the largest ratio of peak memory.

| ${columns.join(' | ')} |
|${columns.map(() => '---').join('|')}|
${history.join('\n')}
${byHand(previous ?? '')}`;
}

/** Every section behind the history. */
function byHand(text: string): string {
  const history = text.indexOf(`\n${HISTORY_HEADING}\n`);
  const start = history < 0 ? -1 : text.indexOf('\n## ', history + 1);
  return start < 0 ? '' : text.slice(start);
}

/** One paragraph: when, what, where, and what to mind. */
export function describeRun(result: BenchResult): string {
  const { machine, runs } = result;
  const facts = [
    `${result.takenAt.slice(0, 10)}, Tidemark ${result.tidemark} and restic ${result.restic}, ` +
      `median of ${runs} ${runs === 1 ? 'run' : 'runs'}.`,
    `${machine.processor}, ${machine.cores} cores, ${formatBytes(machine.memoryBytes)} memory, ` +
      `${machine.system}, ${machine.fileSystem}.`,
  ];
  return [...facts, ...makeRemarks(result)].join(' ');
}

function historyLine({ takenAt, tidemark, restic, machine, comparisons }: BenchResult): string {
  const ratiosOf = (columns: typeof COLUMNS): string[] =>
    columns.map(([id]) => {
      const comparison = comparisons.find((one) => one.id === id);
      return comparison === undefined ? '' : formatRatio(ratioOf(comparison, wall));
    });
  const memory =
    comparisons.length === 0 ? '' : formatRatio(Math.max(...comparisons.map((one) => ratioOf(one, peak))));
  const place = `${machine.processor}, ${machine.cores} cores`;
  return `| ${[takenAt.slice(0, 10), tidemark, place, restic, ...ratiosOf(COLUMNS), memory, ...ratiosOf(LATER_COLUMNS)].join(' | ')} |`;
}

function historyLines(text: string): string[] {
  const start = text.indexOf(HISTORY_HEADING);
  if (start < 0) return [];
  return text
    .slice(start)
    .split('\n')
    .filter((line) => /^\| *\d{4}-\d\d-\d\d /.test(line));
}

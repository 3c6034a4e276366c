/**
 * Makes tables from a result: as text for a terminal and as Markdown. Pure. Every table has the same columns, so that
 * an eye that knows one knows all; what is beyond its budget says OVER and nothing else does.
 */
import type { BenchResult, Comparison, Measurement, Times } from './bench-result.ts';
import {
  CATALOGUE_BYTES_PER_VERSION,
  CATALOGUE_FIRST_RESULT_MS,
  CATALOGUE_OPEN_FOLDER_MS,
  CATALOGUE_STRIP_MS,
  WINDOW_FIRST_PAINT_MS,
  WINDOW_FRAME_MS,
  INDEX_BYTES_PER_BLOB,
  INDEX_LOOKUP_NS,
  INDEX_OPEN_MS_PER_BLOB,
  MEMORY_BUDGET,
  MILLION_PEAK_BYTES,
  SIZE_BUDGET,
  TIME_BUDGETS,
} from './budgets.ts';
import { formatBytes, formatCount, formatDuration, formatRatio } from './format-figures.ts';
import { median, spread } from './statistics.ts';

/** Runs further apart than this share of their median are pointed out. */
const NOISY_SPREAD = 0.25;

export interface TableRow {
  readonly work: string;
  readonly ours: string;
  /** Empty where restic does nothing of the kind. */
  readonly restics: string;
  readonly ratio: string;
  readonly budget: string;
  readonly verdict: 'ok' | 'OVER' | '';
}

export interface ResultTable {
  readonly title: string;
  readonly rows: readonly TableRow[];
}

export function makeTables(result: BenchResult): ResultTable[] {
  const { comparisons } = result;
  const tables = [
    {
      title: 'Time',
      rows: comparisons.map((one) => compareBy(one, wall, formatDuration, TIME_BUDGETS[one.id])),
    },
    {
      title: 'Peak memory of the process tree (RSS)',
      rows: comparisons.map((one) => compareBy(one, peak, formatBytes, MEMORY_BUDGET)),
    },
    { title: 'Processor time', rows: comparisons.map((one) => compareBy(one, processor, formatDuration)) },
    {
      title: 'Repository size',
      rows: result.sizes.map(({ title, ourBytes, resticBytes }) =>
        rowOf(title, ourBytes, resticBytes, formatBytes, SIZE_BUDGET),
      ),
    },
    { title: 'Index', rows: indexRows(result) },
    { title: 'Catalogue', rows: catalogueRows(result) },
    { title: 'Window', rows: windowRows(result) },
    { title: 'Many files', rows: millionRows(result) },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

/** Our median divided by restic's. */
export function ratioOf(comparison: Comparison, pick: (one: Measurement) => number): number {
  return median(comparison.ours.map(pick)) / median(comparison.restics.map(pick));
}

export const wall = ({ wallMs }: Measurement): number => wallMs;
export const peak = ({ peakBytes }: Measurement): number => peakBytes;
const processor = ({ processorMs }: Measurement): number => processorMs;

/** What a reader must know to trust the numbers, or not. */
export function makeRemarks({ comparisons, machine, runs }: BenchResult): string[] {
  const noisy = comparisons.filter(
    ({ ours, restics }) => Math.max(spread(ours.map(wall)), spread(restics.map(wall))) > NOISY_SPREAD,
  );
  const remarks: string[] = [];
  if (runs < 3) remarks.push(`Each was run ${runs === 1 ? 'once' : 'twice'}: chance is in every number.`);
  if (machine.loadBefore > machine.cores / 2) {
    remarks.push(
      `The machine was busy (load ${machine.loadBefore.toFixed(1)} on ${machine.cores} cores) when this began.`,
    );
  }
  const fewer = comparisons.filter(({ ours }) => ours.length < runs);
  if (fewer.length > 0) {
    const list = fewer.map(({ title, ours }) => `${title} (${ours.length})`).join('; ');
    remarks.push(`Fewer runs, because they took long: ${list}.`);
  }
  if (noisy.length > 0) {
    const percent = `${NOISY_SPREAD * 100} %`;
    remarks.push(`Times apart by more than ${percent}: ${noisy.map(({ title }) => title).join('; ')}.`);
  }
  return remarks;
}

export function renderText(tables: readonly ResultTable[]): string {
  const all = tables.flatMap(({ rows }) => rows.map(cellsOf));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...all.map((cells) => cells[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return tables
    .map(({ title, rows }) =>
      [title.toUpperCase(), line(HEADINGS), ...rows.map((row) => line(cellsOf(row)))].join('\n'),
    )
    .join('\n\n');
}

export function renderMarkdown(tables: readonly ResultTable[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const ruler = line(HEADINGS.map((_, column) => (isText(column) ? '---' : '---:')));
  return tables
    .map(({ title, rows }) =>
      [`### ${title}`, '', line(HEADINGS), ruler, ...rows.map((row) => line(cellsOf(row)))].join('\n'),
    )
    .join('\n\n');
}

const HEADINGS = ['work', 'Tidemark', 'restic', 'ratio', 'budget', 'verdict'];

function isText(column: number): boolean {
  return column === 0 || column === HEADINGS.length - 1;
}

function cellsOf({ work, ours, restics, ratio, budget, verdict }: TableRow): string[] {
  return [work, ours, restics, ratio, budget, verdict];
}

function compareBy(
  { title, ours, restics }: Comparison,
  pick: (one: Measurement) => number,
  format: (value: number) => string,
  budget?: number,
): TableRow {
  return rowOf(title, median(ours.map(pick)), median(restics.map(pick)), format, budget);
}

/** Held against the ratio to restic. */
function rowOf(
  work: string,
  ours: number,
  restics: number,
  format: (value: number) => string,
  budget?: number,
): TableRow {
  const ratio = ours / restics;
  return {
    work,
    ours: format(ours),
    restics: format(restics),
    ratio: formatRatio(ratio),
    budget: budget === undefined ? '' : `<= ${formatRatio(budget)}`,
    verdict: budget === undefined ? '' : verdictOf(ratio, budget),
  };
}

/** Held against a limit of its own. */
function limitRow(
  work: string,
  ours: number,
  format: (value: number) => string,
  limit: number | undefined,
): TableRow {
  return {
    work,
    ours: format(ours),
    restics: '',
    ratio: '',
    budget: limit === undefined ? '' : `<= ${format(limit)}`,
    verdict: limit === undefined ? '' : verdictOf(ours, limit),
  };
}

function verdictOf(value: number, limit: number): 'ok' | 'OVER' {
  return value <= limit ? 'ok' : 'OVER';
}

function indexRows({ index }: BenchResult): TableRow[] {
  if (index === undefined) return [];
  const count = formatCount(index.blobs);
  return [
    limitRow(`open ${count} blobs`, index.openMs, formatDuration, index.blobs * INDEX_OPEN_MS_PER_BLOB),
    limitRow(
      'memory per blob',
      index.bytesPerBlob,
      (value) => `${value.toFixed(1).replace(/\.0$/, '')} B`,
      INDEX_BYTES_PER_BLOB,
    ),
    limitRow('one look-up', index.lookupNs, (value) => `${value.toFixed(0)} ns`, INDEX_LOOKUP_NS),
    limitRow('peak memory while opening', index.peakBytes, formatBytes, undefined),
  ];
}

function catalogueRows({ catalogue }: BenchResult): TableRow[] {
  if (catalogue === undefined) return [];
  const { files, points, versions } = catalogue;
  const time = (work: string, tookMs: number, limit?: number): TableRow =>
    limitRow(work, tookMs, formatDuration, limit);
  const both = (work: string, { medianMs, worstMs }: Times, limit?: number): TableRow[] => [
    time(`${work}: median`, medianMs, limit),
    time(`${work}: worst`, worstMs, limit),
  ];
  return [
    time(`first point, ${formatCount(files)} files`, catalogue.firstPointMs),
    ...both(`each further of ${formatCount(points)} points`, catalogue.nextPoint),
    ...both('open a folder', catalogue.openFolder, CATALOGUE_OPEN_FOLDER_MS),
    ...both('versions of a file', catalogue.strip, CATALOGUE_STRIP_MS),
    ...both('first search results', catalogue.firstResult, CATALOGUE_FIRST_RESULT_MS),
    ...both('whole search', catalogue.wholeSearch),
    ...both('heat of all points', catalogue.heat),
    ...both('next change', catalogue.jump),
    time('difference of neighbours', catalogue.nearDifferenceMs),
    time('difference of first and last', catalogue.farDifferenceMs),
    time('open', catalogue.openMs),
    limitRow(
      `bytes per version, ${formatCount(versions)} versions`,
      catalogue.bytesPerVersion,
      (value) => `${value.toFixed(0)} B`,
      CATALOGUE_BYTES_PER_VERSION,
    ),
    limitRow('memory when all was asked', catalogue.residentBytes, formatBytes, undefined),
    limitRow('peak memory', catalogue.peakBytes, formatBytes, undefined),
  ];
}

function windowRows({ window }: BenchResult): TableRow[] {
  if (window === undefined) return [];
  const { files, points } = window;
  return [
    limitRow('loaded by the first page', window.startBytes, formatBytes, undefined),
    limitRow('first paint', window.firstPaintMs, formatDuration, WINDOW_FIRST_PAINT_MS),
    limitRow('sentence of the overview', window.overviewMs, formatDuration, WINDOW_FIRST_PAINT_MS),
    limitRow(
      `open a folder of ${formatCount(files)} files, ${formatCount(points)} points`,
      window.folderMs,
      formatDuration,
      undefined,
    ),
    limitRow('frame while dragging: median', window.frame.medianMs, formatDuration, WINDOW_FRAME_MS),
    limitRow('frame while dragging: worst', window.frame.worstMs, formatDuration, undefined),
    limitRow('memory of the page (heap)', window.heapBytes, formatBytes, undefined),
  ];
}

function millionRows({ million }: BenchResult): TableRow[] {
  if (million === undefined) return [];
  const count = `${formatCount(million.files)} files`;
  return million.steps.flatMap(({ title, measurement }) => [
    limitRow(`${title}, ${count}: time`, measurement.wallMs, formatDuration, undefined),
    limitRow(`${title}, ${count}: peak memory`, measurement.peakBytes, formatBytes, MILLION_PEAK_BYTES),
  ]);
}

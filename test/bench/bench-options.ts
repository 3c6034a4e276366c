/** The command line of `npm run bench`: what it takes, its help, and plain sentences for what it does not take. */
import path from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [OPTIONS]

Compares Tidemark with restic on this machine; prints a table of times, memory and sizes with budgets.
Takes about ten minutes and 10 GB of disk; what it writes lies below the work folder, repositories are removed.

  --runs N        measure every row N times, alternately; the median counts (default 5)
  --only ROWS     only these, separated by commas: small, large, upkeep, index,
                  catalogue, window, places
  --restic PATH   compare with this restic (default: the newest found)
  --small DIR     back up a copy of this folder (default: Debian's linux-source-6.1)
  --large MB      size of each of the two large files (default 750)
  --index N       blobs in the index row (default 1000000; the budget is for 10000000)
  --paths N       files in the catalogue's rows (default 50000; the budgets are for 1000000)
  --points N      points in time there (default 50; the budgets are for 500)
  --rate N        megabits a second of the line to places, each way (default 100)
  --loss N        percent of the line's packets that are lost, each way (default 0; needs root)
  --million       also back up and restore a million small files (minutes, 10 GB more)
  --files N       with --million: so many files (default 1000000)
  --work DIR      where data and repositories are put (default .cache/bench)
  --json FILE     write all measurements there
  --record        put the result into docs/benchmarks.md
  --no-setup      install and fetch nothing
`;

const GROUPS = ['small', 'large', 'upkeep', 'index', 'catalogue', 'window', 'places'] as const;
type Group = (typeof GROUPS)[number];

/** The line between the programs and places behind a network. */
export interface FarLine {
  readonly bytesPerSecond: number;
  readonly lossPercent: number;
}

export interface BenchOptions {
  readonly help: boolean;
  readonly runs: number;
  readonly groups: readonly Group[];
  readonly restic: string | undefined;
  readonly small: string | undefined;
  readonly largeBytes: number;
  readonly indexBlobs: number;
  readonly catalogue: { readonly files: number; readonly points: number };
  readonly line: FarLine;
  /** Undefined: not asked for. */
  readonly millionFiles: number | undefined;
  readonly work: string | undefined;
  readonly json: string | undefined;
  readonly record: boolean;
}

/** `folder`: where relative paths start. @throws Error with a sentence for the person */
export function parseBenchOptions(args: readonly string[], folder: string): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      runs: { type: 'string', default: '5' },
      only: { type: 'string' },
      restic: { type: 'string' },
      small: { type: 'string' },
      large: { type: 'string', default: '750' },
      index: { type: 'string', default: '1000000' },
      paths: { type: 'string', default: '50000' },
      points: { type: 'string', default: '50' },
      rate: { type: 'string', default: '100' },
      loss: { type: 'string', default: '0' },
      million: { type: 'boolean', default: false },
      files: { type: 'string', default: '1000000' },
      work: { type: 'string' },
      json: { type: 'string' },
      record: { type: 'boolean', default: false },
    },
  });
  const resolve = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : path.resolve(folder, name);
  return {
    help: values.help,
    runs: parseCount('--runs', values.runs),
    groups: values.only === undefined ? GROUPS : parseGroups(values.only),
    // A bare name is looked for on PATH.
    restic: values.restic?.includes('/') === true ? resolve(values.restic) : values.restic,
    small: resolve(values.small),
    largeBytes: parseCount('--large', values.large) * 1e6,
    indexBlobs: parseCount('--index', values.index),
    catalogue: { files: parseCount('--paths', values.paths), points: parseCount('--points', values.points) },
    line: {
      bytesPerSecond: parseCount('--rate', values.rate) * 125_000,
      lossPercent: parsePercent('--loss', values.loss),
    },
    millionFiles: values.million ? parseCount('--files', values.files) : undefined,
    work: resolve(values.work),
    json: resolve(values.json),
    record: values.record,
  };
}

/** Nothing between the commas is no row: `--only= --million` measures the million alone. */
function parseGroups(text: string): Group[] {
  return text
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const group = GROUPS.find((one) => one === name);
      if (group === undefined) throw new Error(`--only: ${name} is none of ${GROUPS.join(', ')}.`);
      return group;
    });
}

function parseCount(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${option} takes a whole number from 1 on, not ${text}.`);
  return Number(text);
}

/** To a tenth; so lossy that nothing arrives is no line. */
function parsePercent(option: string, text: string): number {
  if (!/^[0-4]?\d(\.\d)?$/.test(text)) throw new Error(`${option} takes a percentage below 50, not ${text}.`);
  return Number(text);
}

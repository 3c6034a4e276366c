/**
 * The bench: prepares data, measures row by row, prints tables, writes what was asked for, and removes its
 * repositories whatever happens. Started by scripts/bench.mjs. Needs Linux, because it measures by /proc.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { resticPrograms, type ResticProgram } from '#test/support/restic.ts';
import { prepareFarFiles, prepareLargeFiles, prepareSmallFiles } from './bench-data.ts';
import { HELP, parseBenchOptions, type BenchOptions } from './bench-options.ts';
import type { BenchResult, Comparison, SizeComparison } from './bench-result.ts';
import { describeRun, updateBenchmarksFile } from './benchmarks-file.ts';
import {
  compareLargeFiles,
  compareSmallFiles,
  type ComparisonResults,
  type ComparisonSetting,
} from './compare-programs.ts';
import { comparePlaces } from './compare-places.ts';
import { compareUpkeep } from './compare-upkeep.ts';
import { ComparedProgram } from './compared-program.ts';
import { describeMachine, describeTidemark } from './machine.ts';
import { isInsideOwnNetwork, raiseLoopback, runInsideOwnNetwork } from './lossy-network.ts';
import { measureCatalogue } from './measure-catalogue.ts';
import { measureWindow } from './measure-window.ts';
import { measureIndex } from './measure-index.ts';
import { measureMillion } from './measure-million.ts';
import { makeTables, renderText } from './result-table.ts';

/** The window's history is made file by file: enough to be felt, not to be waited for. */
const WINDOW_SIZE = { files: 10_000, points: 100 };

const ROOT = path.resolve(import.meta.dirname, '../..');
const RECORD = path.join(ROOT, 'docs', 'benchmarks.md');
const NEEDED_BYTES = 10e9;
const NEEDED_FOR_MILLION_BYTES = 12e9;
const INTERRUPTED = 130;

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

try {
  const here = process.env['TIDEMARK_BENCH_CWD'] ?? process.cwd();
  const options = parseBenchOptions(process.argv.slice(2), here);
  if (options.help) process.stdout.write(HELP);
  else if (options.line.lossPercent > 0 && !isInsideOwnNetwork())
    process.exitCode = await runInsideOwnNetwork(interrupted.signal);
  else await bench(options);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(interrupted.signal.aborted ? 'Interrupted; tidied up.\n' : `${text}\n`);
  process.exitCode = interrupted.signal.aborted ? INTERRUPTED : 1;
}

async function bench(options: BenchOptions): Promise<void> {
  if (process.platform !== 'linux') throw new Error('The bench measures by /proc and needs Linux.');
  if (isInsideOwnNetwork()) raiseLoopback();
  const restic = chooseRestic(options.restic);
  const work = options.work ?? path.join(ROOT, '.cache', 'bench');
  mkdirSync(work, { recursive: true });
  refuseFullDisk(work, options.millionFiles !== undefined);
  say(`Comparing with restic ${restic.version} (${restic.path}); data and repositories in ${work}`);
  const folder = mkdtempSync(path.join(work, 'run-'));
  try {
    await report(await measure(options, work, folder, restic), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  options: BenchOptions,
  work: string,
  folder: string,
  restic: ResticProgram,
): Promise<BenchResult> {
  const { signal } = interrupted;
  const machine = describeMachine(work);
  const passwordFile = path.join(folder, 'password.txt');
  writeFileSync(passwordFile, 'bench\n');
  const createProgram = (name: string, program: string): ComparedProgram =>
    new ComparedProgram(name, program, folder, passwordFile, signal);
  const ours = createProgram('Tidemark', path.join(ROOT, 'bin', 'tidemark'));
  const setting = { ours, restic: createProgram('restic', restic.path), runs: options.runs, say };

  const compared = await compareAll(setting, options, work, folder);
  const index = options.groups.includes('index')
    ? await measureIndex(folder, options.indexBlobs, signal)
    : undefined;
  const catalogue = options.groups.includes('catalogue')
    ? await measureCatalogue(folder, options.catalogue, signal)
    : undefined;
  const window = options.groups.includes('window') ? await measureWindow(WINDOW_SIZE, signal) : undefined;
  const million =
    options.millionFiles === undefined
      ? undefined
      : await measureMillion(ours, folder, options.millionFiles, say);
  return {
    takenAt: new Date().toISOString(),
    tidemark: describeTidemark(),
    restic: restic.version,
    runs: options.runs,
    machine,
    ...compared,
    ...(index === undefined ? {} : { index }),
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(window === undefined ? {} : { window }),
    ...(million === undefined ? {} : { million }),
  };
}

async function compareAll(
  setting: ComparisonSetting,
  { groups, small, largeBytes, line }: BenchOptions,
  work: string,
  folder: string,
): Promise<{ comparisons: Comparison[]; sizes: SizeComparison[] }> {
  const all = { comparisons: [] as Comparison[], sizes: [] as SizeComparison[] };
  const smallFiles = (): string => prepareSmallFiles(small === undefined ? work : folder, small);
  const parts: Readonly<Record<string, () => Promise<ComparisonResults>>> = {
    small: () => compareSmallFiles(setting, smallFiles()),
    large: () => compareLargeFiles(setting, prepareLargeFiles(work, largeBytes)),
    upkeep: () => compareUpkeep(setting, smallFiles()),
    places: () => comparePlaces(setting, prepareFarFiles(work), line),
  };
  for (const group of groups) {
    const part = parts[group];
    if (part === undefined) continue;
    const { comparisons, sizes } = await part();
    all.comparisons.push(...comparisons);
    all.sizes.push(...sizes);
  }
  return all;
}

async function report(result: BenchResult, { json, record }: BenchOptions): Promise<void> {
  process.stdout.write(`\n${renderText(makeTables(result))}\n\n${describeRun(result)}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, undefined, 2)}\n`);
  if (!record) return;
  const previous = existsSync(RECORD) ? readFileSync(RECORD, 'utf8') : undefined;
  const settings = { ...(await resolveConfig(RECORD)), parser: 'markdown' };
  writeFileSync(RECORD, await format(updateBenchmarksFile(previous, result), settings));
  say(`Recorded in ${path.relative(ROOT, RECORD)}`);
}

/** @throws Error when there is none, or the one that was named does not run */
function chooseRestic(given: string | undefined): ResticProgram {
  if (given === undefined) {
    const newest = resticPrograms().at(-1);
    if (newest === undefined) throw new Error('There is no restic on PATH. Name one: --restic PATH');
    return newest;
  }
  const { stdout } = spawnSync(given, ['version'], { encoding: 'utf8' });
  const version = /^restic (\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) throw new Error(`--restic: ${given} does not run as restic.`);
  return { path: given, version };
}

function refuseFullDisk(work: string, withMillion: boolean): void {
  const { bavail, bsize } = statfsSync(work);
  const needed = NEEDED_BYTES + (withMillion ? NEEDED_FOR_MILLION_BYTES : 0);
  if (bavail * bsize >= needed) return;
  throw new Error(
    `Only ${Math.floor((bavail * bsize) / 1e9)} GB are free where ${work} is, and ${needed / 1e9} GB are needed. ` +
      'Choose another place: npm run bench -- --work DIR',
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

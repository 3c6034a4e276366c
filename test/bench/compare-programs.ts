/**
 * The rows that compare: each work done by Tidemark and restic in turn (A B A B ...), on the same data, with what a run
 * reads in the system's cache and nothing waiting to be written to the disk. Preparations are not timed.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Comparison, ComparisonId, Measurement, SizeComparison } from './bench-result.ts';
import type { ComparedProgram } from './compared-program.ts';
import { readFolder } from './folder-facts.ts';
import { formatBytes, formatCount, formatDuration } from './format-figures.ts';
import { findFirstFile } from './find-first-file.ts';

/**
 * A row that would take longer than this gets fewer runs, so that the whole stays below a quarter of an hour: removing
 * what was restored takes minutes on disks that discard every freed block.
 */
const ROW_LIMIT_MS = 120_000;
const FEWEST_RUNS = 3;

export interface ComparisonSetting {
  readonly ours: ComparedProgram;
  readonly restic: ComparedProgram;
  readonly runs: number;
  readonly say: (text: string) => void;
}

export interface ComparisonResults {
  readonly comparisons: readonly Comparison[];
  readonly sizes: readonly SizeComparison[];
}

/** One row's work, for either program. `prepare` ends with the data being warm. */
export interface Work {
  readonly id: ComparisonId;
  readonly title: string;
  readonly beforeRound?: (round: number) => void;
  readonly prepare: (program: ComparedProgram) => void | Promise<void>;
  readonly run: (program: ComparedProgram) => Promise<Measurement>;
  readonly after?: (program: ComparedProgram) => void;
}

/** First and next backups, restore and check of the small files. Leaves no repository behind. */
export async function compareSmallFiles(
  setting: ComparisonSetting,
  source: string,
): Promise<ComparisonResults> {
  const facts = readFolder(source, true);
  const files = `${formatCount(facts.files)} files, ${formatBytes(facts.bytes)}`;
  const first = await compare(setting, firstBackup('first-small', `first backup, ${files}`, source));
  const sizes = [sizesOf(setting, `after the first backup, ${files}`, facts.bytes)];
  const changing = findFirstFile(source);
  if (changing === undefined) throw new Error(`There is no file in ${source}.`);
  const walk = (): void => void readFolder(source, false);
  const next = [
    {
      id: 'unchanged',
      title: 'next backup, nothing changed',
      prepare: walk,
      run: (program) => program.backup(source),
    },
    {
      id: 'one-changed',
      title: 'next backup, one file changed (walking)',
      beforeRound: (round) => appendFileSync(changing, `changed ${round}\n`),
      prepare: walk,
      run: (program) => program.backup(source),
    },
    {
      id: 'one-told',
      title: 'next backup, one file changed (Tidemark is told which)',
      beforeRound: (round) => appendFileSync(changing, `changed again ${round}\n`),
      prepare: walk,
      run: (program) =>
        program === setting.ours ? program.backupTold(source, changing) : program.backup(source),
    },
    {
      id: 'restore',
      title: 'restore of the small files',
      prepare: (program) => void readFolder(program.repository, true),
      run: (program) => program.restore(),
      after: (program) => {
        const restored = readFolder(path.join(program.target, source), false);
        if (restored.files !== facts.files) {
          throw new Error(`${program.name} restored ${restored.files} of ${facts.files} files`);
        }
        program.removeTarget();
      },
    },
    {
      id: 'check',
      title: 'check --read-data',
      prepare: (program) => void readFolder(program.repository, true),
      run: (program) => program.check(),
    },
  ] satisfies Work[];
  const comparisons = [first];
  for (const work of next) comparisons.push(await compare(setting, work));
  removeRepositories(setting);
  return { comparisons, sizes };
}

/** First backup of the large files. Leaves no repository behind. */
export async function compareLargeFiles(
  setting: ComparisonSetting,
  source: string,
): Promise<ComparisonResults> {
  const { files, bytes } = readFolder(source, true);
  const title = `${files} large files, ${formatBytes(bytes)}`;
  const first = await compare(setting, firstBackup('first-large', `first backup, ${title}`, source));
  const sizes = [sizesOf(setting, `after the first backup, ${title}`, bytes)];
  removeRepositories(setting);
  return { comparisons: [first], sizes };
}

function firstBackup(id: ComparisonId, title: string, source: string): Work {
  return {
    id,
    title,
    prepare: async (program) => {
      await program.renewRepository();
      readFolder(source, true);
    },
    run: (program) => program.backup(source),
  };
}

/** Measures one row. */
export async function compare(
  { ours, restic, runs, say }: ComparisonSetting,
  work: Work,
): Promise<Comparison> {
  const results = { ours: [] as Measurement[], restics: [] as Measurement[] };
  const startedMs = performance.now();
  for (let round = 1; round <= runs; round++) {
    const tookMs = performance.now() - startedMs;
    if (round > FEWEST_RUNS && (tookMs * round) / (round - 1) > ROW_LIMIT_MS) break;
    work.beforeRound?.(round);
    const our = await runOnce(ours, work);
    const restics = await runOnce(restic, work);
    results.ours.push(our);
    results.restics.push(restics);
    const times = `${formatDuration(our.wallMs)} and ${formatDuration(restics.wallMs)}`;
    say(`${work.title}: run ${round} of ${runs}, Tidemark and restic: ${times}`);
  }
  return { id: work.id, title: work.title, ...results };
}

async function runOnce(program: ComparedProgram, work: Work): Promise<Measurement> {
  await work.prepare(program);
  // What earlier runs left to be written would be written during this one.
  spawnSync('sync');
  const { wallMs, processorMs, peakBytes } = await work.run(program);
  work.after?.(program);
  return { wallMs, processorMs, peakBytes };
}

function sizesOf({ ours, restic }: ComparisonSetting, title: string, sourceBytes: number): SizeComparison {
  return {
    title,
    sourceBytes,
    ourBytes: readFolder(ours.repository, false).bytes,
    resticBytes: readFolder(restic.repository, false).bytes,
  };
}

export function removeRepositories({ ours, restic }: ComparisonSetting): void {
  ours.removeRepository();
  restic.removeRepository();
}

/**
 * The rows about repositories that have lived: prune after half of the data is no longer needed, and copy into a new
 * repository. Both start from the same state in every run.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import {
  compare,
  removeRepositories,
  type ComparisonResults,
  type ComparisonSetting,
  type Work,
} from './compare-programs.ts';
import { readFolder } from './folder-facts.ts';
import { formatBytes } from './format-figures.ts';

/** Leaves no repository behind. */
export async function compareUpkeep(setting: ComparisonSetting, source: string): Promise<ComparisonResults> {
  const programs = [setting.ours, setting.restic];
  const half = everyOtherFolder(source);
  for (const program of programs) {
    await program.renewRepository();
    await program.backup(source);
    await program.backup(...half);
    await program.forgetEarlier();
    program.keepRepository();
  }
  const prune: Work = {
    id: 'prune',
    title: 'prune, half of the folders forgotten',
    prepare: (program) => {
      program.takeKept();
      readFolder(program.repository, true);
    },
    run: (program) => program.prune(),
  };
  const comparisons = [await compare(setting, prune)];
  const sizes = [
    {
      title: 'after prune',
      sourceBytes: half.reduce((sum, folder) => sum + readFolder(folder, false).bytes, 0),
      ourBytes: readFolder(setting.ours.repository, false).bytes,
      resticBytes: readFolder(setting.restic.repository, false).bytes,
    },
  ];
  // What is left is copied.
  for (const program of programs) program.keepRepository();
  const copy: Work = {
    id: 'copy',
    title: `copy into a new repository, ${formatBytes(sizes[0]!.ourBytes)}`,
    prepare: async (program) => {
      await program.renewRepositoryAlike();
      readFolder(program.keptRepository, true);
    },
    run: (program) => program.copyKept(),
  };
  comparisons.push(await compare(setting, copy));
  removeRepositories(setting);
  for (const program of programs) program.removeKept();
  return { comparisons, sizes };
}

/** Of the folders right below. @throws Error when there are fewer than two */
function everyOtherFolder(source: string): string[] {
  const folders = readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(source, entry.name))
    .sort();
  if (folders.length < 2) throw new Error(`${source} has fewer than two folders; prune cannot be measured.`);
  return folders.filter((_, index) => index % 2 === 0);
}

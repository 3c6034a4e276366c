/**
 * The row of many files: 1 000 000 small generated files in 1000 folders, backed up, backed up again and restored by
 * Tidemark alone; its budget is a limit of memory and not a ratio. Takes minutes and some 10 GB, so it is asked for.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MillionResult, MillionStep } from './bench-result.ts';
import type { ComparedProgram } from './compared-program.ts';
import { readFolder } from './folder-facts.ts';
import { formatBytes, formatCount, formatDuration } from './format-figures.ts';
import type { MeasuredRun } from './measure-process.ts';
import { SeededRandom } from './seeded-random.ts';

const FOLDERS = 1000;
const MAX_FILE_BYTES = 2000;

export async function measureMillion(
  program: ComparedProgram,
  folder: string,
  files: number,
  say: (text: string) => void,
): Promise<MillionResult> {
  const source = path.join(folder, 'many-files');
  const steps: MillionStep[] = [];
  const measure = async (title: string, run: () => Promise<MeasuredRun>): Promise<void> => {
    const { wallMs, processorMs, peakBytes } = await run();
    steps.push({ title, measurement: { wallMs, processorMs, peakBytes } });
    say(`${title} of ${formatCount(files)} files: ${formatDuration(wallMs)}, ${formatBytes(peakBytes)}`);
  };
  try {
    say(`Making ${formatCount(files)} files ...`);
    makeManyFiles(source, files);
    await program.renewRepository();
    await measure('first backup', () => program.backup(source));
    await measure('next backup', () => program.backup(source));
    await measure('restore', () => program.restore());
    const restored = readFolder(program.target, false).files;
    if (restored !== files) throw new Error(`${restored} of ${files} files were restored`);
    return { files, steps };
  } finally {
    say('Removing them ...');
    program.removeTarget();
    program.removeRepository();
    rmSync(source, { recursive: true, force: true });
  }
}

/** No two alike; one half of each can be compressed. */
function makeManyFiles(top: string, files: number): void {
  const random = new SeededRandom(2);
  const text = Buffer.alloc(MAX_FILE_BYTES, 'so it is written, line by line.\n');
  const content = Buffer.alloc(MAX_FILE_BYTES);
  for (let folder = 0; folder < FOLDERS; folder++) {
    const name = path.join(top, `folder ${folder}`);
    mkdirSync(name, { recursive: true });
    for (let file = folder; file < files; file += FOLDERS) {
      const bytes = 16 + random.below(MAX_FILE_BYTES - 16);
      for (let at = 0; at < bytes / 2; at += 4) content.writeUInt32LE(random.next(), at);
      text.copy(content, bytes >>> 1, bytes >>> 1, bytes);
      content.writeUInt32LE(file, 0);
      writeFileSync(path.join(name, `file ${file}.txt`), content.subarray(0, bytes));
    }
  }
}

/** `tidemark stats`: how much there is, counted in one of restic's ways. */
import type { Command } from 'commander';
import type { RunCommand } from '../command-session.ts';
import type { StatsResult } from '../calls/reading.ts';
import { formatBytes } from '../format-values.ts';
import {
  asChoice,
  asTexts,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';

const MODES = ['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data'] as const;

export function defineStats(command: Command, run: RunCommand): void {
  defineFilterOptions(command)
    .argument('[snapshot...]', 'only these; an id, its beginning, or latest')
    .option('--mode <mode>', `what to count: ${MODES.join(', ')}`, 'restore-size')
    .addHelpText('after', example('tidemark -r /mnt/backup stats --mode raw-data'))
    .action((snapshots: string[], flags: FilterFlags & { mode: string }) =>
      run(async ({ options, output, context, access, engine }) => {
        const mode = asChoice('--mode', flags.mode, MODES);
        const input = { mode, filter: readFilter(flags), snapshots: asTexts(snapshots) };
        const result = await (await engine()).stats(await access(), input, context);
        if (options.json) {
          output.json(statsJson(result));
          return;
        }
        for (const line of statsLines(result)) await output.result(line);
      }),
    );
}

interface Compression {
  readonly ratio: number;
  readonly progress: number;
  readonly saving: number;
}

function compressionOf(result: StatsResult): Compression | undefined {
  const {
    totalUncompressedSize: plain,
    compressedSize,
    compressedUncompressedSize: compressedPlain,
  } = result;
  if (plain === undefined || plain === 0) return undefined;
  return {
    ratio: compressedSize === undefined || compressedSize === 0 ? 0 : (compressedPlain ?? 0) / compressedSize,
    progress: ((compressedPlain ?? 0) / plain) * 100,
    saving: (1 - result.totalSize / plain) * 100,
  };
}

/** Fields in restic's order; those that are 0 are left out, as restic does. */
export function statsJson(result: StatsResult): Readonly<Record<string, number>> {
  const compression = compressionOf(result);
  const optional = {
    total_uncompressed_size: result.totalUncompressedSize ?? 0,
    compression_ratio: compression?.ratio ?? 0,
    compression_progress: compression?.progress ?? 0,
    compression_space_saving: compression?.saving ?? 0,
    total_file_count: result.totalFileCount,
    total_blob_count: result.totalBlobCount,
  };
  return {
    total_size: result.totalSize,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== 0)),
    snapshots_count: result.snapshotsCount,
  };
}

function statsLines(result: StatsResult): string[] {
  const compression = compressionOf(result);
  const lines: [string, string][] = [['Snapshots', String(result.snapshotsCount)]];
  if (result.totalBlobCount > 0) lines.push(['Pieces of data', String(result.totalBlobCount)]);
  if (result.totalFileCount > 0) lines.push(['Files', String(result.totalFileCount)]);
  if (result.totalUncompressedSize) lines.push(['Uncompressed', formatBytes(result.totalUncompressedSize)]);
  lines.push(['Size', formatBytes(result.totalSize)]);
  if (compression !== undefined) {
    lines.push(['Compressed', `${compression.progress.toFixed(2)} %`]);
    if (compression.ratio > 0) lines.push(['Ratio', `${compression.ratio.toFixed(2)}x`]);
    lines.push(['Space saved', `${compression.saving.toFixed(2)} %`]);
  }
  return lines.map(([label, value]) => `${label.padStart(14)}:  ${value}`);
}

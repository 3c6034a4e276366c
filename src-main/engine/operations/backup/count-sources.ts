/** Counts what a backup will meet while it is already running, so that the time left can be told. Never fails a backup. */
import type { ByteString } from '#base/byte-string.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { ScanSettings } from '#pipeline/scan-settings.ts';

/** Folders handed to one job. */
const FOLDERS_PER_JOB = 64;

export interface SourceTotals {
  readonly files: number;
  readonly bytes: number;
}

/** Undefined when the pool has stopped before the end. */
export async function countSources(
  pool: PipelinePool,
  sources: readonly ByteString[],
  settings: ScanSettings,
): Promise<SourceTotals | undefined> {
  let files = 0;
  let bytes = 0;
  const waiting: ByteString[] = [];
  try {
    let paths: { kind: 'sources' | 'folders'; paths: readonly ByteString[] } = {
      kind: 'sources',
      paths: sources,
    };
    for (;;) {
      const counted = await pool.run('count', { paths, settings });
      files += counted.files;
      bytes += counted.bytes;
      waiting.push(...counted.folders);
      if (waiting.length === 0) return { files, bytes };
      paths = { kind: 'folders', paths: waiting.splice(-FOLDERS_PER_JOB) };
    }
  } catch {
    // Whatever stopped the pool is reported by the backup itself.
    return undefined;
  }
}

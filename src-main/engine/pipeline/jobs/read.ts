/** The read job: files that a scan did not read at once, large ones above all. */
import type { JobTypes } from '../job-types.ts';
import type { ReadFile } from '../scan-types.ts';
import type { JobContext } from '../worker-thread.ts';
import { FileReader } from './file-reader.ts';

type Read = JobTypes['read'];

export async function read({ files, settings }: Read['input'], context: JobContext): Promise<Read['output']> {
  const reader = new FileReader(context, settings);
  try {
    const results: ReadFile[] = [];
    for (const file of files) results.push(await reader.read(file));
    await reader.finish();
    return { files: results, stored: reader.stored };
  } finally {
    reader.release();
  }
}

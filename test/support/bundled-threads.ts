/** Worker threads of this checkout's sources, as `test/bundle-worker.ts` bundles them at the start of each run. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipelineThreads } from '#core/pipeline-threads.ts';

export const BUNDLED_WORKER = path.resolve(
  import.meta.dirname,
  '../../.cache/test-programs/pipeline-worker.mjs',
);

/** @param most how many at once; as many as the product takes when left out */
export function bundledThreads(most?: number): PipelineThreads {
  return new PipelineThreads(pathToFileURL(BUNDLED_WORKER), most);
}

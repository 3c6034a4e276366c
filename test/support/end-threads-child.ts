/** Starts the product's threads ahead and lets them go again, each time a little later in their start. */
import { PipelineThreads } from '#core/pipeline-threads.ts';

const BUILT_WORKER = new URL('../../dist/pipeline-worker.mjs', import.meta.url);
/** Loading takes about 70 ms; the moment that kills comes up in it. */
const LATEST_MS = 150;
const STEP_MS = 5;

for (let delayMs = 0; delayMs <= LATEST_MS; delayMs += STEP_MS) {
  const threads = new PipelineThreads(BUILT_WORKER, 2);
  threads.warmUp();
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  await threads.close();
}
process.stdout.write('through\n');

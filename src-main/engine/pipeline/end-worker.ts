/**
 * Ends a worker thread by asking it to. `Worker.terminate` is not used: it stops a thread wherever it is, and one that
 * is just loading koffi then aborts the whole process (koffi 3.3: a failed N-API call in its initialisation is fatal).
 */
import type { Worker } from 'node:worker_threads';
import type { EndMessage } from './protocol.ts';

/** Resolves when the thread is gone. A job under way goes on to where it next waits; its answer is not sent. */
export function endWorker(thread: Worker): Promise<void> {
  return new Promise((resolve) => {
    // A thread that has ended already never says so again, but has no id any more.
    if (thread.threadId === -1) return resolve();
    thread.once('exit', () => resolve());
    thread.postMessage({ type: 'end' } satisfies EndMessage);
  });
}

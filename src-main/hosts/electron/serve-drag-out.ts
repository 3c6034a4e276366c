/**
 * Lets the system take over a drag that began in a page: of files that a job has got ready, which the core alone knows. A page
 * names the job; no path ever comes from it, so there is nothing of the disk that it could have dragged.
 */
import { isOwnSender, type SenderFrame } from './app-origin.ts';
import { DRAG_OUT } from './ipc-names.ts';

/** What is used of Electron's event. */
interface DragEvent {
  readonly sender: {
    isDestroyed(): boolean;
    startDrag(item: { file: string; files: string[]; icon: string }): void;
  };
  readonly senderFrame: SenderFrame | null;
}

/** What is used of Electron's ipcMain. */
export interface DragMessages {
  handle(name: string, handler: (event: DragEvent, ...args: unknown[]) => unknown): void;
}

const JOB_ID = /^[0-9a-f]{32}$/;

/** @param icon file of the picture under the pointer; must not be empty @param files absolute paths of a job's files */
export function serveDragOut(
  messages: DragMessages,
  icon: string,
  files: (jobId: string) => Promise<readonly string[]>,
): void {
  messages.handle(DRAG_OUT, async ({ sender, senderFrame }, jobId, ...more) => {
    if (!isOwnSender(senderFrame)) throw new Error('refused: not a page of this application');
    if (typeof jobId !== 'string' || !JOB_ID.test(jobId) || more.length > 0)
      throw new Error('refused: not the id of a job');
    const [file, ...others] = await files(jobId);
    if (file === undefined || sender.isDestroyed()) return;
    sender.startDrag({ file, files: [file, ...others], icon });
  });
}

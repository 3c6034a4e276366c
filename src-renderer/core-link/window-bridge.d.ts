import type { Channel } from '#contract/calls/channel.ts';

declare global {
  interface Window {
    /** Only in the desktop application; its preload puts it there. */
    readonly tidemark?: {
      connect(): Promise<Channel>;
      /** While the button is held: the system takes the drag over. @param jobId of a job `handOut` that is done */
      dragOut(jobId: string): Promise<void>;
      /** Of a file that the person has dropped; empty for every other. */
      pathOf(file: File): string;
    };
  }
}

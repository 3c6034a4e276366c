import type { Channel } from '#contract/calls/channel.ts';

declare global {
  interface Window {
    /** Only in the desktop application; its preload puts it there. */
    readonly tidemark?: { connect(): Promise<Channel> };
  }
}

import type { Channel } from '#contract/calls/channel.ts';

/** The engine process, freshly started; whoever started it sees to it that it ends with the core. */
export interface EngineProcess {
  /** Closes when the process ends, however it ends. */
  readonly channel: Channel;
  /** Ends it at once. */
  kill(): void;
}

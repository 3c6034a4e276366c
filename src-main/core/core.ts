/** A running core, as its host sees it: one per profile. */
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { AppCalls, AppTopics } from '#contract/app/app-calls.ts';
import type { CallClient, TopicPayloads } from '#contract/calls/call-table.ts';
import type { Channel } from '#contract/calls/channel.ts';

export interface Core {
  /** Serves everything of the contract over the channel, until it closes. */
  connect(channel: Channel): void;
  /** The same calls for the host itself: its tray, its links. */
  readonly calls: CallClient<AppCalls>;
  /** What windows see now. */
  mirror(): MirrorParts;
  /** Called after each change, at most ten times a second. @returns how to stop listening */
  onMirrorChange(listener: (mirror: MirrorParts) => void): () => void;
  /** Sends an event to all windows. */
  publish<Name extends keyof AppTopics>(topic: Name, payload: TopicPayloads<AppTopics>[Name]): void;
  /** Jobs under way stop at a safe place and are taken up again at the next start. */
  close(): Promise<void>;
}

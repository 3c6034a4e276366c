/** Passes everything that comes on one channel on to the other, both ways; when one closes, so does the other. */
import type { Channel } from '#contract/calls/channel.ts';

export function joinChannels(one: Channel, other: Channel): void {
  one.onMessage((message) => other.send(message));
  other.onMessage((message) => one.send(message));
  one.onClose(() => other.close());
  other.onClose(() => one.close());
}

/** The channel to whoever started this process: Electron's port of a utility process, or the channel of a forked one. */
import { invariant } from '#base/errors.ts';
import type { Channel } from '#contract/calls/channel.ts';
import { messageChannel } from './message-channel.ts';

/** Electron's; it says nothing when the other side goes, for then this process ends with it. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export function parentChannel(): Channel {
  const { parentPort } = process as { parentPort?: ParentPort };
  if (parentPort !== undefined) {
    return messageChannel({
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      onEnd: () => undefined,
      end: () => undefined,
    });
  }
  invariant(process.send !== undefined, 'the engine process was started without a channel');
  return messageChannel({
    send: (message) => {
      // What cannot be sent any more is told by the channel's end.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => void process.on('message', listener),
    onEnd: (listener) => void process.once('disconnect', listener),
    end: () => {
      if (process.connected) process.disconnect();
    },
  });
}

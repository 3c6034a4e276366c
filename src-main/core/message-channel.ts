/** A channel over anything that carries messages between two processes. */
import type { Channel } from '#contract/calls/channel.ts';

export interface MessageCarrier {
  /** May fail when the other side is just going. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The other side is gone, or this one has let go. */
  onEnd(listener: () => void): void;
  /** Lets go of the other side. */
  end(): void;
}

export function messageChannel(carrier: MessageCarrier): Channel {
  let isClosed = false;
  let listener: ((message: unknown) => void) | undefined;
  const waiting: unknown[] = [];
  const closeListeners: (() => void)[] = [];
  carrier.onMessage((message) => {
    if (isClosed) return;
    if (listener === undefined) waiting.push(message);
    else listener(message);
  });
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    for (const each of closeListeners.splice(0)) each();
  };
  carrier.onEnd(close);
  return {
    send(message) {
      if (!isClosed) carrier.send(message);
    },
    onMessage(added) {
      listener = added;
      for (const message of waiting.splice(0)) added(message);
    },
    onClose(added) {
      if (isClosed) added();
      else closeListeners.push(added);
    },
    close() {
      if (isClosed) return;
      close();
      carrier.end();
    },
  };
}

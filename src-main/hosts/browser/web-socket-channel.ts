/** A WebSocket as a channel: one JSON text per message. What is no JSON ends the connection. */
import type { RawData, WebSocket } from 'ws';
import type { Channel } from '#contract/calls/channel.ts';
import { ChannelInbox } from '#core/channel-inbox.ts';

/** Codes of RFC 6455, section 7.4.1. */
export const CLOSE_POLICY = 1008;
const CLOSE_UNSUPPORTED = 1003;
const CLOSE_NORMAL = 1000;

/** A page that no longer reads must not fill our memory. */
const MOST_BYTES_UNREAD = 64 << 20;

export interface WebSocketLimits {
  /** Asked for each message; false ends the connection. */
  readonly mayReceive: () => boolean;
}

export function webSocketChannel(socket: WebSocket, limits?: WebSocketLimits): Channel {
  const inbox = new ChannelInbox();
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (limits?.mayReceive() === false) return socket.close(CLOSE_POLICY);
    if (isBinary) return socket.close(CLOSE_UNSUPPORTED);
    let message: unknown;
    try {
      message = JSON.parse((data as Buffer).toString('utf8'));
    } catch {
      return socket.close(CLOSE_UNSUPPORTED);
    }
    inbox.receive(message);
  });
  socket.on('close', () => inbox.closed());
  // Always followed by 'close', which says all there is to say.
  socket.on('error', () => undefined);

  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MOST_BYTES_UNREAD) return socket.terminate();
      socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close() {
      socket.close(CLOSE_NORMAL);
      // For the caller it is closed now, whether or not the other side ever answers.
      inbox.closed();
    },
  };
}

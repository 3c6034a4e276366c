/** A WebSocket as a channel: one JSON text per message. What is no JSON ends the connection. */
import type { RawData, WebSocket } from 'ws';
import type { Channel } from '#contract/calls/channel.ts';
import { messageChannel } from '#core/message-channel.ts';

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
  let receive: (message: unknown) => void = () => undefined;
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (limits?.mayReceive() === false) return socket.close(CLOSE_POLICY);
    if (isBinary) return socket.close(CLOSE_UNSUPPORTED);
    let message: unknown;
    try {
      message = JSON.parse((data as Buffer).toString('utf8'));
    } catch {
      return socket.close(CLOSE_UNSUPPORTED);
    }
    receive(message);
  });
  // Always followed by 'close', which says all there is to say.
  socket.on('error', () => undefined);

  return messageChannel({
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MOST_BYTES_UNREAD) socket.terminate();
      else socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => (receive = listener),
    onEnd: (listener) => void socket.once('close', listener),
    end: () => socket.close(CLOSE_NORMAL),
  });
}

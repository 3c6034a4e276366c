/** The channel of browser mode: a WebSocket to whoever served this page, JSON both ways, one message per frame. */
import type { Channel } from '#contract/calls/channel.ts';

export function openSocketChannel(address: URL): Promise<Channel> {
  const socket = new WebSocket(address);
  const early: unknown[] = [];
  let listener: ((message: unknown) => void) | undefined;
  let tellClosed: (() => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message: unknown = JSON.parse(String(data));
    if (listener === undefined) early.push(message);
    else listener(message);
  });
  socket.addEventListener('close', () => {
    for (const tell of tellClosed) tell();
    tellClosed = [];
  });
  const channel: Channel = {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage(next) {
      listener = next;
      for (const message of early.splice(0)) next(message);
    },
    onClose(tell) {
      if (socket.readyState === WebSocket.CLOSED) tell();
      else tellClosed.push(tell);
    },
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(channel));
    socket.addEventListener('error', () => reject(new Error('the connection could not be made')));
  });
}

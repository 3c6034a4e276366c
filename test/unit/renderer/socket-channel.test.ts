/** The window's channel in browser mode: the suite of all transports, over a real WebSocket on loopback. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Channel } from '#contract/calls/channel.ts';
import { messageChannel } from '#core/message-channel.ts';
import { openSocketChannel } from '#renderer/core-link/socket-channel.ts';
import { describeChannel } from '#test/suites/channel-suite.ts';

describeChannel('a window in a browser', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const accepted = new Promise<Channel>((resolve) => {
    server.once('connection', (socket) =>
      resolve(
        messageChannel({
          send: (message) => socket.send(JSON.stringify(message)),
          onMessage: (listener) =>
            void socket.on('message', (data: Buffer) => listener(JSON.parse(data.toString('utf8')))),
          onEnd: (listener) => void socket.once('close', listener),
          end: () => socket.close(),
        }),
      ),
    );
  });
  const { port } = server.address() as AddressInfo;
  const caller = await openSocketChannel(new URL(`ws://127.0.0.1:${port}`));
  return {
    caller,
    server: await accepted,
    close: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
});

/** The WebSocket of browser mode, through its real server, as one of the transports of the contract. */
import { once } from 'node:events';
import { webSocketChannel } from '#hosts/browser/web-socket-channel.ts';
import { describeChannel } from '#test/suites/channel-suite.ts';
import { enter, openWebSocket, startBrowserMode } from '#test/support/browser-mode.ts';

describeChannel('WebSocket of browser mode', async () => {
  const mode = await startBrowserMode({ servesCalls: false });
  const socket = await openWebSocket(mode.server, await enter(mode.server));
  const caller = webSocketChannel(socket);
  const server = mode.channels[0];
  if (server === undefined) throw new Error('no channel was let through');
  return {
    caller,
    server,
    async close() {
      if (socket.readyState !== socket.CLOSED) {
        socket.terminate();
        await once(socket, 'close');
      }
      await mode.close();
    },
  };
});

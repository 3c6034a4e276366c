/** Calls and events over a channel inside one process. */
import { createChannelPair } from '#contract/calls/channel.ts';
import { describeChannel } from '#test/suites/channel-suite.ts';

describeChannel('in one process', async () => {
  const [caller, server] = createChannelPair();
  return { caller, server, close: () => server.close() };
});

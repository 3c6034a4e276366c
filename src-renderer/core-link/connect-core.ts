/** Opens the connection to the core, over whatever this page was served by. */
import { appCalls, type AppCalls, type AppTopics } from '#contract/app/app-calls.ts';
import type { WirePath } from '#contract/app/values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import { createCallClient } from '#contract/calls/create-call-client.ts';
import { MirrorStore } from './mirror-store.ts';
import { openSocketChannel } from './socket-channel.ts';

export interface CoreLink {
  readonly calls: CallClient<AppCalls>;
  readonly mirror: MirrorStore;
  /** The person's own folder; undefined where the core does not say. */
  readonly home: WirePath | undefined;
  /** Told once, when the core is gone. */
  onLost(listener: () => void): void;
}

export async function connectCore(): Promise<CoreLink> {
  const channel = await (window.tidemark?.connect() ?? openSocketChannel(socketAddress()));
  const { calls, on } = createCallClient<AppCalls, AppTopics>(channel, appCalls);
  const mirror = new MirrorStore({
    load: () => calls['mirror.get']({}),
    onChange: (listener) => on('mirror', listener),
  });
  let isLost = false;
  const listeners: (() => void)[] = [];
  channel.onClose(() => {
    isLost = true;
    for (const listener of listeners) listener();
  });
  const info = await calls['app.info']({}).catch(() => undefined);
  return {
    calls,
    mirror,
    home: info?.homeFolder,
    onLost: (listener) => {
      if (isLost) listener();
      else listeners.push(listener);
    },
  };
}

function socketAddress(): URL {
  const address = new URL('channel', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return address;
}

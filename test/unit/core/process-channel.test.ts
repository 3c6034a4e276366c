/** The channel between two processes, through a child that passes on what it gets. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { channelOfChild } from '#core/child-engine.ts';
import { messageChannel } from '#core/message-channel.ts';
import { describeChannel } from '#test/suites/channel-suite.ts';

const RELAY = fileURLToPath(new URL('../../support/relay-child.ts', import.meta.url));

describeChannel('two processes', async () => {
  const child = fork(RELAY, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const back = child.stdio[4] as Writable;
  const server = messageChannel({
    send: (message) => void back.write(`${JSON.stringify(message)}\n`),
    onMessage: (listener) => void lines.on('line', (line) => listener(JSON.parse(line))),
    onEnd: (listener) => void lines.once('close', listener),
    end: () => back.end(),
  });
  return { caller: channelOfChild(child), server, close: () => exited.then(() => undefined) };
});

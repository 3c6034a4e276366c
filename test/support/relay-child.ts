/** Passes on what comes over its parent's channel to a pipe, a line of JSON for each message, and back; ends with either. */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parentChannel } from '#core/parent-channel.ts';

const channel = parentChannel();
const toTest = new Socket({ fd: 3 });
const fromTest = createInterface({ input: new Socket({ fd: 4 }) });
channel.onMessage((message) => void toTest.write(`${JSON.stringify(message)}\n`));
channel.onClose(() => process.exit(0));
fromTest.on('line', (line) => channel.send(JSON.parse(line)));
fromTest.on('close', () => channel.close());

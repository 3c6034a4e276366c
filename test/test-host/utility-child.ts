/** Loaded first in the child of `utilityProcess.fork`: gives it `process.parentPort`. */
import { EventEmitter } from 'node:events';
import { createCodec } from './codec.ts';

const codec = createCodec();
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown) => void process.send?.(codec.encode(message)),
});
Object.assign(process, { parentPort, type: 'utility' });
process.on('message', (message) => parentPort.emit('message', { data: codec.decode(message), ports: [] }));
// Electron ends its utility processes with itself.
process.on('disconnect', () => process.exit());

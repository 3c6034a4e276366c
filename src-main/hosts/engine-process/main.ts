/**
 * Entry of the engine process: serves whoever started it, over Electron's port or a forked process's channel. It ends when
 * that is gone, after running jobs have stopped at a safe place and let go of their locks; whoever wants it gone at once kills it.
 */
import { invariant } from '#base/errors.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import { serveEngine } from '#engine-service/serve-engine.ts';
import { messageChannel, type MessageCarrier } from '#core/engine-link/message-channel.ts';

/** Electron's, in a utility process; it says nothing when the other side goes, for then this process ends with it. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Jobs that are cancelled end within seconds; a disk that hangs may hold one for ever. */
const PATIENCE_MS = 15_000;

function parentCarrier(): MessageCarrier {
  const { parentPort } = process as { parentPort?: ParentPort };
  if (parentPort !== undefined) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      onEnd: () => undefined,
      end: () => undefined,
    };
  }
  invariant(process.send !== undefined, 'the engine process was started without a channel');
  return {
    send: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => void process.on('message', listener),
    onEnd: (listener) => void process.once('disconnect', listener),
    end: () => process.disconnect(),
  };
}

// Whoever tests a lock's process may send one (repository format, 13.1).
process.on('SIGHUP', () => undefined);
// The terminal interrupts the whole group; the one who started this process decides.
process.on('SIGINT', () => undefined);

const channel = messageChannel(parentCarrier());
const { ended } = serveEngine(channel, createEngineParts());
process.once('SIGTERM', () => channel.close());
channel.onClose(() => void setTimeout(() => process.exit(1), PATIENCE_MS).unref());
await ended;
process.exit(0);

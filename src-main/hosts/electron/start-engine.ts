/**
 * The engine as a utility process: a heap of its own, and a crash there takes neither tray nor window along. Messages
 * go over the process's own port, in order.
 */
import { utilityProcess } from 'electron';
import { fileURLToPath } from 'node:url';
import type { EngineProcess } from '#contract/engine/engine-process.ts';
import { withoutSecrets } from '#core/child-engine.ts';
import { messageChannel } from '#core/message-channel.ts';
import { engineProcessUrl } from '#core/program-files.ts';

export function startEngine(): EngineProcess {
  const child = utilityProcess.fork(fileURLToPath(engineProcessUrl()), [], {
    serviceName: 'Tidemark Engine',
    env: withoutSecrets(process.env),
  });
  return {
    channel: messageChannel({
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onEnd: (listener) => void child.once('exit', listener),
      // Its port tells it nothing of our end; asked to end, it stops its jobs at a safe place first.
      end: () => void child.kill(),
    }),
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}

/**
 * The engine in a process of its own, for hosts without Electron's. It ends when its channel closes, so it never outlives
 * this process; nothing but the variables of the system is in its environment, and nothing in its arguments.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { engineProcessUrl } from './program-files.ts';
import type { EngineProcess } from '#contract/engine/engine-process.ts';
import { messageChannel } from './message-channel.ts';

export function startChildEngine(): EngineProcess {
  const child = fork(fileURLToPath(engineProcessUrl()), [], {
    // Messages as between threads: no text in between.
    serialization: 'advanced',
    env: withoutSecrets(process.env),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    channel: channelOfChild(child),
    kill: () => void child.kill('SIGKILL'),
  };
}

export function channelOfChild(child: ChildProcess): EngineProcess['channel'] {
  return messageChannel({
    send: (message) => {
      // One that is just ending takes no more; that it has ended is told by its channel.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onEnd: (listener) => {
      child.once('disconnect', listener);
      child.once('exit', listener);
      child.once('error', listener);
    },
    end: () => {
      if (child.connected) child.disconnect();
    },
  });
}

/** Passwords for the command line, ours and restic's, are no business of the engine. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(TIDEMARK|RESTIC)_.*PASSWORD/.test(name)),
  );
}

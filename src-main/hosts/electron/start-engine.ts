/**
 * The engine as a utility process: a heap of its own, and a crash there takes neither tray nor window along. Messages
 * go over the process's own port, in order.
 */
import { utilityProcess, type UtilityProcess } from 'electron';
import path from 'node:path';
import type { EngineProcess } from '#contract/engine/engine-process.ts';
import type { Channel } from '#contract/calls/channel.ts';

export function startEngine(): EngineProcess {
  const child = utilityProcess.fork(path.join(import.meta.dirname, 'engine-process.mjs'), [], {
    serviceName: 'Tidemark Engine',
  });
  return { channel: new EngineChannel(child), kill: () => void child.kill() };
}

class EngineChannel implements Channel {
  readonly #child: UtilityProcess;
  readonly #early: unknown[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #listener: ((message: unknown) => void) | undefined;
  #isClosed = false;

  constructor(child: UtilityProcess) {
    this.#child = child;
    child.on('message', (message) => {
      if (this.#isClosed) return;
      if (this.#listener === undefined) this.#early.push(message);
      else this.#listener(message);
    });
    child.on('exit', () => this.#end());
  }

  send(message: unknown): void {
    if (!this.#isClosed) this.#child.postMessage(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
    for (const message of this.#early.splice(0)) listener(message);
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) listener();
    else this.#closeListeners.push(listener);
  }

  close(): void {
    this.#end();
    this.#child.kill();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of this.#closeListeners.splice(0)) listener();
  }
}

/**
 * The core's end of the engine process: starts it when it is first needed and again after it died. Calls under way when
 * it dies end with internal.connectionLost; nothing is repeated here, whoever asked decides (jobs are taken up again).
 */
import type { CallClient } from '#contract/calls/call-table.ts';
import { createCallClient } from '#contract/calls/create-call-client.ts';
import { engineCalls, type EngineCalls, type EngineTopics } from '#contract/engine/engine-calls.ts';
import type { EngineProcess } from '#contract/engine/engine-process.ts';

export interface EngineLinkParts {
  start(): EngineProcess;
  log(level: 'info' | 'warn' | 'error', text: string): void;
}

interface RunningEngine {
  readonly process: EngineProcess;
  readonly calls: CallClient<EngineCalls>;
}

export class EngineLink {
  readonly #parts: EngineLinkParts;
  #running: RunningEngine | undefined;
  #isClosed = false;

  constructor(parts: EngineLinkParts) {
    this.#parts = parts;
  }

  /** Of the process that runs now; asked anew for each use. */
  get calls(): CallClient<EngineCalls> {
    return (this.#running ??= this.#start()).calls;
  }

  /** Lets the process end; jobs must have stopped. */
  close(): void {
    this.#isClosed = true;
    this.#running?.process.channel.close();
  }

  #start(): RunningEngine {
    const process = this.#parts.start();
    const connection = createCallClient<EngineCalls, EngineTopics>(process.channel, engineCalls);
    connection.on('log', ({ level, text }) => this.#parts.log(level, text));
    const running = { process, calls: connection.calls };
    process.channel.onClose(() => {
      if (this.#running === running) this.#running = undefined;
      if (!this.#isClosed)
        this.#parts.log('error', 'the engine process ended; it starts again when it is needed');
    });
    return running;
  }
}

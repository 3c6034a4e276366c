/**
 * The engine behind a channel: every call of the contract, for one core. When the channel closes all jobs are cancelled
 * and stop at a safe place; what was kept between calls is given back.
 */
import type { Channel } from '#contract/calls/channel.ts';
import { serveCalls } from '#contract/calls/serve-calls.ts';
import { engineCalls, engineTopics } from '#contract/engine/engine-calls.ts';
import { backupCalls } from './backup-calls.ts';
import { bringCalls } from './bring-calls.ts';
import { checkCalls } from './check-calls.ts';
import { contentCalls } from './content-calls.ts';
import type { EngineParts } from './engine-parts.ts';
import { EngineService, type EngineHandlers } from './engine-service.ts';
import { eraseCalls } from './erase-calls.ts';
import { exportCalls } from './export-calls.ts';
import { historyCalls } from './history-calls.ts';
import { lockCalls } from './lock-calls.ts';
import { markCalls } from './mark-calls.ts';
import { mendCalls } from './mend-calls.ts';
import { nowCalls } from './now-calls.ts';
import { ownerCalls } from './owner-calls.ts';
import { keyCalls } from './key-calls.ts';
import { keyCopyCalls } from './key-copy-calls.ts';
import { placeCalls } from './place-calls.ts';
import { restoreCalls } from './restore-calls.ts';
import { settingsCalls } from './settings-calls.ts';
import { spaceCalls } from './space-calls.ts';
import { storedShareCalls } from './stored-share-calls.ts';
import { thinOutCalls } from './thin-out-calls.ts';
import { versionCalls } from './version-calls.ts';

export interface ServedEngine {
  /** Resolves when the channel is closed and no call is under way any more. */
  readonly ended: Promise<void>;
}

export function serveEngine(channel: Channel, parts: EngineParts): ServedEngine {
  const service = new EngineService(parts);
  const handlers: EngineHandlers = {
    ...placeCalls(service),
    ...keyCopyCalls(service),
    ...keyCalls(service),
    ...versionCalls(service),
    ...backupCalls(service),
    ...bringCalls(service),
    ...checkCalls(service),
    ...mendCalls(service),
    ...thinOutCalls(service),
    ...restoreCalls(service),
    ...settingsCalls(service),
    ...historyCalls(service),
    ...contentCalls(service),
    ...ownerCalls(service),
    ...storedShareCalls(service),
    ...nowCalls(service),
    ...markCalls(service),
    ...lockCalls(service),
    ...eraseCalls(service),
    ...exportCalls(service),
    ...spaceCalls(service),
  };
  const idle = new IdleWatch();
  const { publish } = serveCalls(channel, engineCalls, engineTopics, idle.watching(handlers), {
    onUnexpected: (error, callName) => publish('log', { level: 'error', text: describe(error, callName) }),
  });
  const closed = new Promise<void>((resolve) => channel.onClose(resolve));
  const ended = closed.then(() => idle.reached()).then(() => service.close());
  return { ended };
}

/** Knows when no call is under way. */
class IdleWatch {
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  watching(handlers: EngineHandlers): EngineHandlers {
    const watched = Object.entries(handlers).map(([name, handler]) => [
      name,
      async (input: never, context: never): Promise<unknown> => {
        this.#underWay++;
        try {
          return await handler(input, context);
        } finally {
          this.#underWay--;
          if (this.#underWay === 0) for (const wake of this.#waiting.splice(0)) wake();
        }
      },
    ]);
    return Object.fromEntries(watched) as EngineHandlers;
  }

  reached(): Promise<void> {
    return this.#underWay === 0
      ? Promise.resolve()
      : new Promise((resolve) => void this.#waiting.push(resolve));
  }
}

/** For the log. Secrets travel wrapped (secret-text.ts) and are in no message. */
function describe(error: unknown, callName: string): string {
  return `${callName}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

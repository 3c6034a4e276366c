/**
 * The engine behind a channel: every call of the contract, for one core. When the channel closes all jobs are cancelled
 * and stop at a safe place; what was kept between calls is given back.
 */
import type { Channel } from '#contract/calls/channel.ts';
import { serveCalls } from '#contract/calls/serve-calls.ts';
import { engineCalls, engineTopics } from '#contract/engine/engine-calls.ts';
import { backupCalls } from './backup-calls.ts';
import { checkCalls } from './check-calls.ts';
import type { EngineParts } from './engine-parts.ts';
import { EngineService, type EngineHandlers } from './engine-service.ts';
import { placeCalls } from './place-calls.ts';
import { restoreCalls } from './restore-calls.ts';
import { thinOutCalls } from './thin-out-calls.ts';
import { versionCalls } from './version-calls.ts';

export interface ServedEngine {
  /** Resolves when the channel is closed and no call is under way any more. */
  readonly ended: Promise<void>;
}

export function serveEngine(channel: Channel, parts: EngineParts): ServedEngine {
  const service = new EngineService(parts);
  const underWay = new Set<Promise<unknown>>();
  const { 'history.read': _later, ...served } = engineCalls;
  const handlers = countingCalls(
    {
      ...placeCalls(service),
      ...versionCalls(service),
      ...backupCalls(service),
      ...checkCalls(service),
      ...thinOutCalls(service),
      ...restoreCalls(service),
    } as EngineHandlers,
    underWay,
  );
  const { publish } = serveCalls(channel, served, engineTopics, handlers, {
    onUnexpected: (error, callName) => publish('log', { level: 'error', text: describe(error, callName) }),
  });
  const ended = new Promise<void>((resolve) => {
    channel.onClose(() => {
      void Promise.allSettled(underWay).then(() => {
        service.places.close();
        resolve();
      });
    });
  });
  return { ended };
}

/** The same handlers, whose answers are waited for at the end. */
function countingCalls(handlers: EngineHandlers, underWay: Set<Promise<unknown>>): EngineHandlers {
  const counting = Object.entries(handlers).map(([name, handler]) => [
    name,
    (input: never, context: never) => {
      const answer = Promise.resolve((handler as (input: never, context: never) => unknown)(input, context));
      underWay.add(answer);
      const done = (): void => void underWay.delete(answer);
      answer.then(done, done);
      return answer;
    },
  ]);
  return Object.fromEntries(counting) as EngineHandlers;
}

/** For the log. Secrets travel wrapped (secret-text.ts) and are in no message. */
function describe(error: unknown, callName: string): string {
  return `${callName}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

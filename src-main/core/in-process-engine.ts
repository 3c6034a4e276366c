/** The engine in this very process, for a program that works once and ends. */
import { createChannelPair } from '#contract/calls/channel.ts';
import { serveEngine } from '#engine-service/serve-engine.ts';
import { createEngineParts } from './create-engine-parts.ts';
import type { EngineProcess } from '#contract/engine/engine-process.ts';

export function startInProcessEngine(): EngineProcess & { readonly ended: Promise<void> } {
  const [channel, engineEnd] = createChannelPair();
  const { ended } = serveEngine(engineEnd, createEngineParts());
  // There is no process to end: its jobs are cancelled.
  return { channel, kill: () => channel.close(), ended };
}

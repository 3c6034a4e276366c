/**
 * Entry of the engine process: serves whoever started it. It ends when that is gone, after running jobs have stopped at a
 * safe place and let go of their locks; whoever wants it gone at once kills it.
 */
import { createEngineParts } from '#core/create-engine-parts.ts';
import { keepReturningMemory } from '#core/machine/return-memory.ts';
import { parentChannel } from '#core/parent-channel.ts';
import { serveEngine } from '#engine-service/serve-engine.ts';

/** Jobs that are cancelled end within seconds; a disk that hangs may hold one for ever. */
const PATIENCE_MS = 15_000;

// Whoever tests a lock's process may send one (repository format, 13.1).
process.on('SIGHUP', () => undefined);
// A terminal interrupts everything that runs in it; the one who started this process decides.
process.on('SIGINT', () => undefined);

const channel = parentChannel();
process.once('SIGTERM', () => channel.close());
channel.onClose(() => void setTimeout(() => process.exit(1), PATIENCE_MS).unref());
const parts = createEngineParts();
const stopReturning = keepReturningMemory(parts.clock);
await serveEngine(channel, parts).ended;
stopReturning();
process.exit(0);

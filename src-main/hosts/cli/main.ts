#!/usr/bin/env node
/**
 * The entry of the command line. Keeps the process's own rules: a hang-up ends nothing by itself, because whoever tests a lock's
 * process may send one (repository format, 13.1, and cli-host.ts for a closed terminal); nothing ends with a stack; output is complete before the process ends.
 */
import { nodeCliHost } from './cli-host.ts';
import { isDebugging, runCommand, UNEXPECTED } from './run-command.ts';

const host = nodeCliHost();

// A reader that goes away (`| head`) is told to whoever writes; it must not end the process on its own.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.on('SIGHUP', () => undefined);
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`${UNEXPECTED}\n`);
    if (isDebugging(host)) process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
    process.exit(1);
  });
}

const exitCode = await runCommand(host);
// A stream that is closed, or whose reader is gone, calls back too.
await new Promise<void>((resolve) => void process.stdout.write('', () => resolve()));
await new Promise<void>((resolve) => void process.stderr.write('', () => resolve()));
process.exit(exitCode);

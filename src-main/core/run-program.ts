/**
 * Starts the commands that a person put around a backup. Without a shell, in a process group of its own, so that what it
 * started ends with it. Keeps the end of what it prints; it gets no secret of ours in its environment.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { toDisplay } from '#base/byte-string.ts';
import type { CommandEnd, RunProgram } from '#services/plans/run-plan-commands.ts';

/** Of both streams together. */
const OUTPUT_KEPT = 8_000;
/** From asking it to end to ending it. */
const GRACE_MS = 5_000;

export const runProgram: RunProgram = (program, args, { timeoutMs, signal }) =>
  new Promise((resolve) => {
    const isWindows = process.platform === 'win32';
    const child = spawn(toDisplay(program), args.map(toDisplay), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !isWindows,
      windowsHide: true,
      env: withoutSecrets(process.env),
    });
    let output = '';
    let why: CommandEnd['reason'] | undefined;
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let hardly: NodeJS.Timeout | undefined;
    const stop = (reason: CommandEnd['reason']): void => {
      why ??= reason;
      killGroup(child, 'SIGTERM');
      hardly ??= setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
    };
    const timer = setTimeout(() => stop('timedOut'), timeoutMs);
    const cancel = (): void => stop('cancelled');
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    const finish = (end: CommandEnd): void => {
      clearTimeout(timer);
      clearTimeout(hardly);
      signal.removeEventListener('abort', cancel);
      resolve(end);
    };
    child.on('error', (error) => finish({ exitCode: null, reason: 'notStarted', output: error.message }));
    child.on('close', (code) =>
      finish({
        exitCode: why === undefined ? code : null,
        reason: why ?? (code === null ? 'killed' : 'ended'),
        output,
      }),
    );
  });

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/PASSWORD|TOKEN|SECRET/i.test(name)));
}

/** Runs a command of the command line inside the test's process, with an engine of the test's own. */
import { PassThrough } from 'node:stream';
import { textToByteString } from '#base/byte-string.ts';
import type { CliHost, CliStream } from '#hosts/cli/cli-host.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import type { ProfileConnection } from '#hosts/cli/profile/profile-connection.ts';
import { runCommand } from '#hosts/cli/run-command.ts';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRunOptions {
  /** What commands about plans and places talk to. */
  readonly profile?: ProfileConnection;
  /** Whether it is found running. */
  readonly isRunning?: boolean;
  readonly engine?: Partial<EngineCalls>;
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of a terminal on standard error; absent = a pipe. */
  readonly columns?: number;
  /** Called with a function that sends an interrupt. */
  readonly onReady?: (interrupt: () => void) => void;
}

export async function runCli(args: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = [collectText(stdout), collectText(stderr)] as const;
  const terminal = options.columns === undefined ? {} : { isTTY: true, columns: options.columns };
  let monotonicMs = 0;
  const listeners = new Set<() => void>();
  const host: CliHost = {
    args: args.map(textToByteString),
    env: { TIDEMARK_REPOSITORY: '/backup', TIDEMARK_PASSWORD: 'secret', ...options.env },
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout,
    stderr: Object.assign(stderr, terminal) as CliStream,
    monotonicMs: () => (monotonicMs += 250),
    onInterrupt: (listener) => {
      listeners.add(listener);
      options.onReady?.(() => listeners.forEach((one) => one()));
      return () => listeners.delete(listener);
    },
    exitNow: (code) => {
      throw new Error(`exit ${code}`);
    },
    loadEngine: () => Promise.resolve((options.engine ?? {}) as EngineCalls),
    openProfile: () =>
      options.profile === undefined
        ? Promise.reject(new Error('no profile'))
        : Promise.resolve(options.profile),
    findProfile: () => Promise.resolve(options.isRunning === true ? options.profile : undefined),
    findBrowserMode: () => Promise.resolve(undefined),
    startBrowserMode: () => Promise.reject(new Error('no browser mode')),
  };
  const code = await runCommand(host);
  if (listeners.size > 0) throw new Error('a command left a signal listener behind');
  return { code, stdout: texts[0](), stderr: texts[1]() };
}

function collectText(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/**
 * Runs the built product, `bin/tidemark`, as a person or a script does: a process of its own, its exit code and what it
 * prints. `npm test` builds before it tests; a missing build fails the first run with the launcher's own words.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

export const PRODUCT_PASSWORD = 'correct horse';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/tidemark');

export interface ProductRun {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProductOptions {
  readonly cwd?: string;
  /** Beside the machine's; TIDEMARK_PASSWORD is set unless told otherwise. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs as this user and its group of the same number. */
  readonly uid?: number;
  /** Called with the process as soon as it is started. */
  readonly onStart?: (child: ChildProcess) => void;
  readonly onStdout?: (text: string) => void;
}

/** Runs the product to its end. */
export function tidemark(args: readonly string[], options: ProductOptions = {}): Promise<ProductRun> {
  return runProgram(PROGRAM, args, {
    ...options,
    env: { TIDEMARK_PASSWORD: PRODUCT_PASSWORD, ...options.env },
  });
}

/** Runs any program to its end, its output as text. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, uid, onStart, onStdout }: ProductOptions = {},
): Promise<ProductRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.stdout += text;
      onStdout?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...texts }));
    onStart?.(child);
  });
}

/** The last JSON message of a kind that a run with --json printed. */
export function lastMessage(run: ProductRun, messageType: string): Record<string, unknown> {
  const messages = `${run.stdout}${run.stderr}`
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const found = messages.filter((message) => message['message_type'] === messageType).at(-1);
  if (found === undefined) throw new Error(`no ${messageType} in: ${run.stdout}${run.stderr}`);
  return found;
}

/**
 * Runs a program and measures it as a whole: wall time, processor time and peak memory of its process tree. Linux only
 * (/proc). Memory is RSS, sampled every 20 ms over the tree; a single process also tells its own peak (VmHWM), which no
 * sample can miss. Processor time is what the system adds to this process for children that ended: nothing else may be
 * started while a measurement runs.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Measurement } from './bench-result.ts';

const SAMPLE_MS = 20;
/** Looking for new descendants reads one file per thread; done at every fifth sample it disturbs nobody. */
const SAMPLES_PER_SEARCH = 5;
/** Kept of a program's messages, for when it fails. */
const MESSAGE_CHARS = 4000;

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface MeasuredRun extends Measurement {
  readonly stdout: string;
}

/** @throws Error when it cannot be started, fails, or `signal` ends it */
export async function measureProcess(run: ProgramRun, signal: AbortSignal): Promise<MeasuredRun> {
  signal.throwIfAborted();
  const before = childrenProcessorMs();
  const startedMs = performance.now();
  const child = spawn(run.program, run.args, { env: run.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const sampler = new TreeSampler(child.pid);
  const timer = setInterval(() => sampler.sample(), SAMPLE_MS);
  const stop = (): boolean => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  try {
    let wallMs = 0;
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => (wallMs = performance.now() - startedMs));
      child.on('close', (status, killedBy) => resolve(status ?? killedBy ?? 'unknown'));
    });
    signal.throwIfAborted();
    if (code !== 0) throw new Error(describeFailure(run, code, output));
    const processorMs = childrenProcessorMs() - before;
    return { wallMs, processorMs, peakBytes: sampler.peakBytes, stdout: output.stdout };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}

function describeFailure(
  { program, args }: ProgramRun,
  code: number | string,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): string {
  const messages = `${stdout}\n${stderr}`.trim().slice(-MESSAGE_CHARS);
  return `${program} ${args.join(' ')}\nended with ${code}:\n${messages}`;
}

/** Sums up the memory of a process and its descendants, again and again. */
class TreeSampler {
  #pids: number[];
  #count = 0;
  peakBytes = 0;

  constructor(pid: number | undefined) {
    this.#pids = pid === undefined ? [] : [pid];
  }

  sample(): void {
    const [root] = this.#pids;
    if (root === undefined) return;
    if (this.#count++ % SAMPLES_PER_SEARCH === 0) this.#pids = [root, ...descendantsOf(root)];
    let sumBytes = 0;
    for (const pid of this.#pids) {
      const { nowBytes, peakBytes } = memoryOf(pid);
      sumBytes += nowBytes;
      this.peakBytes = Math.max(this.peakBytes, peakBytes);
    }
    this.peakBytes = Math.max(this.peakBytes, sumBytes);
  }
}

function memoryOf(pid: number): { readonly nowBytes: number; readonly peakBytes: number } {
  const text = readProc(`${pid}/status`);
  const field = (name: RegExp): number => Number(name.exec(text)?.[1] ?? 0) * 1024;
  return { nowBytes: field(/^VmRSS:\s+(\d+) kB$/m), peakBytes: field(/^VmHWM:\s+(\d+) kB$/m) };
}

function descendantsOf(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) =>
    readProc(`${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty when the process has ended meanwhile. */
function readProc(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, 'latin1');
  } catch {
    return '';
  }
}

let ticksPerSecond: number | undefined;

/** Processor time of all children of this process that have ended. Source: proc(5), fields 16 and 17 of `stat`. */
function childrenProcessorMs(): number {
  ticksPerSecond ??= Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;
  const text = readProc('self/stat');
  // The second field is a name in parentheses that may itself hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSecond;
}

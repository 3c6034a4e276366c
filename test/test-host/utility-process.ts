/** `electron.utilityProcess`: a child Node with `process.parentPort`. Ports are not transferred. */
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createCodec } from './codec.ts';
import { life } from './lifecycle.ts';
import { strict } from './strict.ts';

const codec = createCodec();
const CHILD = new URL('./utility-child.ts', import.meta.url).href;

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    child.on('spawn', () => this.emit('spawn'));
    child.on('message', (message) => this.emit('message', codec.decode(message)));
    child.on('exit', (code) => this.emit('exit', code ?? 1));
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null ? this.#child.pid : undefined;
  }

  get stdout(): ChildProcess['stdout'] {
    return this.#child.stdout;
  }

  get stderr(): ChildProcess['stderr'] {
    return this.#child.stderr;
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('test host: no port can be transferred to a utility process');
    this.#child.send(codec.encode(message) as object);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
  readonly stdio?: 'pipe' | 'ignore' | 'inherit';
  readonly serviceName?: string;
}

export const utilityProcess = strict('utilityProcess', {
  fork(file: string, args: readonly string[] = [], options: ForkOptions = {}): UtilityProcess {
    if (!life.isReady) throw new Error('utilityProcess cannot be created before app is ready');
    const stream = options.stdio ?? 'inherit';
    const child = fork(file, [...args], {
      env: options.env ?? process.env,
      // The guard of cryptography comes along; the inspector does not, its port is taken.
      execArgv: [...inheritedImports(), '--import', CHILD, ...(options.execArgv ?? [])],
      stdio: ['ignore', stream, stream, 'ipc'],
    });
    return strict('UtilityProcess', new UtilityProcess(child));
  },
});

function inheritedImports(): string[] {
  return process.execArgv.flatMap((argument, at, all) =>
    argument === '--import' && !all[at + 1]?.endsWith('register.ts') ? [argument, all[at + 1] ?? ''] : [],
  );
}

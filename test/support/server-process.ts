/**
 * Starts a real server program on a free port of the loopback and waits until it takes connections. It ends with the test file,
 * and also when the process of the tests dies in whatever way: a shell that holds the other end of a pipe sees to that.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import net, { type AddressInfo } from 'node:net';

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Kills it, with all that it has open. */
  stop(): Promise<void>;
}

export interface ServerStart {
  readonly program: string;
  readonly args: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 20_000;

/** Names the server's number, then waits for the end of its own input. */
const SHELL = 'exec 3<&0; "$@" <&- & echo "pid $!"; cat <&3 >/dev/null; kill -9 $!';

/** @throws Error with what it printed when it does not start */
export async function startServerProcess({ program, args, env }: ServerStart): Promise<ServerProcess> {
  const port = await findFreePort();
  const shell = spawn('sh', ['-c', SHELL, 'sh', program, ...args(port)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const startedMs = performance.now();
  while (!(/^pid \d+$/m.test(output) && (await takesConnections(port)))) {
    if (performance.now() - startedMs > PATIENCE_MS) {
      shell.stdin.end();
      throw new Error(`${program} does not start: ${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const pid = Number(/^pid (\d+)$/m.exec(output)?.[1]);
  return { pid, port, output: () => output, stop: () => stop(shell) };
}

function stop(shell: ChildProcess): Promise<void> {
  if (shell.exitCode !== null || shell.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    shell.once('exit', () => resolve());
    shell.stdin?.end();
  });
}

export async function findFreePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

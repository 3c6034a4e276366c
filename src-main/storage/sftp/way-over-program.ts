/**
 * The way to a host that no socket reaches: over another host (`ProxyJump`) or over a program of the person's
 * (`ProxyCommand`). As in OpenSSH both are a program that carries the connection on its standard input and output; a jump
 * is `ssh -W`. What the program says on its standard error is kept, for it is the only reason that there is.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { Duplex } from 'node:stream';

type Environment = Readonly<Record<string, string | undefined>>;

export interface WayProgram {
  readonly program: string;
  readonly args: readonly string[];
}

/** Of all that it says, the end is why it gave up. */
const LONGEST_WORDS = 2000;

/** Which of our own variables hold what the program need not know. */
const OUR_SECRETS = /^(TIDEMARK|RESTIC|AWS)_/;

/**
 * A jump as OpenSSH makes it: by its own program, to the last of the hosts named, which is itself reached over those
 * before it. Nobody can be asked for a password there.
 * @param hosts as ssh_config(5) has them: `[user@]host[:port]` or addresses of `ssh://`, separated by commas
 * @param options what the program is to be told besides, such as which file of settings counts
 */
export function jumpOver(hosts: string, options: readonly string[], target: string): WayProgram {
  const all = hosts.split(',').map((host) => host.trim());
  const before = all.slice(0, -1);
  const last = all.at(-1) ?? '';
  return {
    program: 'ssh',
    args: [
      ...options,
      '-o',
      'BatchMode=yes',
      ...(before.length === 0 ? [] : ['-J', before.join(',')]),
      '-W',
      target,
      '--',
      last.startsWith('ssh://') ? last : `ssh://${last}`,
    ],
  };
}

/** In the person's shell, which it takes the place of. */
export function runCommand(command: string, env: Environment): WayProgram {
  if (process.platform === 'win32')
    return { program: env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', command] };
  return { program: env['SHELL'] ?? '/bin/sh', args: ['-c', `exec ${command}`] };
}

export class WayOverProgram {
  /** What goes to the host and comes from it. Fails when the program cannot be started. */
  readonly stream: Duplex;
  readonly #child: ChildProcess;
  #words = '';

  constructor({ program, args }: WayProgram, env: Environment) {
    const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !OUR_SECRETS.test(name)));
    const child = spawn(program, args, { env: kept, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    this.#child = child;
    this.stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    // Whoever uses the stream hears of its failure; a second one, after that, is nobody's.
    this.stream.on('error', () => undefined);
    child.once('error', (error) => this.stream.destroy(error));
    child.stderr.setEncoding('utf8').on('data', (words: string) => {
      this.#words = (this.#words + words).slice(-LONGEST_WORDS);
    });
  }

  /** The last line that the program said; it may come a moment after the stream has ended. */
  async lastWords(): Promise<string> {
    const { stderr } = this.#child;
    if (stderr !== null && !stderr.readableEnded && !stderr.destroyed)
      await new Promise((resolve) => stderr.once('close', resolve));
    return this.#words.trim().split('\n').at(-1)?.trim() ?? '';
  }

  end(): void {
    this.#child.kill();
  }
}

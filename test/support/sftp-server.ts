/**
 * A real OpenSSH server on a free loopback port, with host keys of its own and internal-sftp, run by whoever runs the
 * tests and open to that user's key alone. Its `home` is a home folder as a client has it: `.ssh/id_ed25519` that may
 * log in, `.ssh/known_hosts` that knows the server.
 * - It ends with the test process, however that ends.
 * - A password log-in needs root: sshd reads the system's password file, of which it is shown a copy with one more user.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const SSHD = '/usr/sbin/sshd';

/** All that OpenSSH offers beyond the bare protocol and that we use; a server without them is one of another make. */
const EXTENSIONS = ['posix-rename', 'fsync', 'statvfs', 'hardlink', 'limits'] as const;

export type SftpExtension = (typeof EXTENSIONS)[number];

export interface SftpServerOptions {
  /** Extensions that the server does not offer; `all`: the bare protocol. */
  readonly without?: readonly SftpExtension[] | 'all';
  /** Lets this user in by password; see `passwordObstacle`. */
  readonly passwordUser?: { readonly name: string; readonly password: string };
  /** Name under which it offers SFTP. */
  readonly subsystem?: string;
}

/** Why there can be no server here, or undefined where there can; for the names of skipped tests. */
export function sftpServerObstacle(): string | undefined {
  if (!existsSync(SSHD)) return 'no sshd on this machine (Debian: openssh-server)';
  if (spawnSync('ssh-keygen', ['-?'], { stdio: 'ignore' }).error !== undefined) return 'no ssh-keygen';
  return undefined;
}

export function passwordObstacle(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const tried = spawnSync('unshare', ['--mount', 'mount', '--bind', '/etc/shadow', '/etc/shadow']);
  if (tried.status !== 0) return 'mounting is not allowed here';
  return spawnSync('openssl', ['version']).status === 0 ? undefined : 'no openssl';
}

export async function startSftpServer(options: SftpServerOptions = {}): Promise<SftpServer> {
  const server = new SftpServer(await findFreePort(), options);
  await server.start();
  return server;
}

export class SftpServer {
  readonly port: number;
  /** Who may log in by the key in `home`. */
  readonly user = userInfo().username;
  /** Everything of this server; removed by `close`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'tidemark-sshd-'));
  /** For repositories. */
  readonly data = join(this.folder, 'data');
  readonly home = join(this.folder, 'home');
  readonly knownHostsFile = join(this.home, '.ssh', 'known_hosts');
  readonly keyFile = join(this.home, '.ssh', 'id_ed25519');
  readonly #options: SftpServerOptions;
  #process: ChildProcess | undefined;

  constructor(port: number, options: SftpServerOptions) {
    this.port = port;
    this.#options = options;
    mkdirSync(join(this.home, '.ssh'), { recursive: true, mode: 0o700 });
    mkdirSync(this.data);
    makeKey(this.keyFile, 'ed25519');
    writeFileSync(this.#path('authorized_keys'), readFileSync(`${this.keyFile}.pub`));
    for (const type of ['ed25519', 'ecdsa'] as const) makeKey(this.hostKeyFile(type), type);
    this.know('ed25519');
    writeFileSync(this.#path('sshd_config'), this.#configuration());
    const { passwordUser } = options;
    if (passwordUser !== undefined) this.#writeAccounts(passwordUser.name, passwordUser.password);
  }

  hostKeyFile(type: 'ed25519' | 'ecdsa'): string {
    return this.#path(`host_${type}`);
  }

  /** As people compare it: `SHA256:...`. */
  fingerprint(type: 'ed25519' | 'ecdsa' = 'ed25519'): string {
    return execFileSync('ssh-keygen', ['-lf', this.hostKeyFile(type)], { encoding: 'utf8' }).split(
      ' ',
    )[1] as string;
  }

  /** A line of known_hosts for this server, as `ssh` would write it. */
  knownHostsLine(type: 'ed25519' | 'ecdsa' = 'ed25519', port = this.port): string {
    const [keyType, key] = readFileSync(`${this.hostKeyFile(type)}.pub`, 'utf8').split(' ');
    return `[127.0.0.1]:${String(port)} ${String(keyType)} ${String(key)}\n`;
  }

  /** Makes `home` know the server by this key only; also at another port, such as that of a proxy. */
  know(type: 'ed25519' | 'ecdsa', ...ports: readonly number[]): void {
    const lines = [this.port, ...ports].map((port) => this.knownHostsLine(type, port));
    writeFileSync(this.knownHostsFile, lines.join(''));
  }

  /** Takes effect with the next `start`. */
  makeNewHostKeys(): void {
    for (const type of ['ed25519', 'ecdsa'] as const) {
      rmSync(this.hostKeyFile(type));
      makeKey(this.hostKeyFile(type), type);
    }
  }

  async start(): Promise<void> {
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
    const sshd = [SSHD, '-D', '-f', this.#path('sshd_config'), '-E', this.#path('sshd.log')];
    const command =
      this.#options.passwordUser === undefined
        ? sshd
        : [
            'unshare',
            '--mount',
            'sh',
            '-c',
            'mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/shadow" /etc/shadow && exec "$@"',
            this.folder,
            ...sshd,
          ];
    // The pipe to its standard input ends with this process, and then so does the server.
    this.#process = spawn('sh', ['-c', '"$@" & read -r _; kill "$!"', 'sh', ...command], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    for (let tries = 0; !(await this.#answers()); tries++) {
      if (tries > 200) throw new Error(`sshd does not start: ${this.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** The listening process and all its connections at once, without farewell. */
  async kill(): Promise<void> {
    const ended = this.#process === undefined ? undefined : once(this.#process, 'exit');
    this.#signalAll('SIGKILL');
    await ended;
    this.#process = undefined;
  }

  /** Connections stay open and nothing is answered, until `SIGCONT`. */
  signalConnections(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const [, listener] = this.#process?.pid === undefined ? [] : descendants(this.#process.pid);
    const connections = listener === undefined ? [] : descendants(listener).slice(1);
    for (const pid of connections) kill(pid, signal);
  }

  log(): string {
    return existsSync(this.#path('sshd.log')) ? readFileSync(this.#path('sshd.log'), 'utf8') : '';
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  #configuration(): string {
    const { without = [], passwordUser, subsystem = 'sftp' } = this.#options;
    const withdrawn = without === 'all' ? EXTENSIONS : without;
    const flags = withdrawn.length === 0 ? '' : ` -P ${withdrawn.join(',')}`;
    return [
      `Port ${String(this.port)}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${this.hostKeyFile('ed25519')}`,
      `HostKey ${this.hostKeyFile('ecdsa')}`,
      `PidFile ${this.#path('sshd.pid')}`,
      `AuthorizedKeysFile ${this.#path('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'UseDNS no',
      `PasswordAuthentication ${passwordUser === undefined ? 'no' : 'yes'}`,
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'MaxStartups 100',
      'LogLevel VERBOSE',
      `Subsystem ${subsystem} internal-sftp${flags}`,
      '',
    ].join('\n');
  }

  #writeAccounts(name: string, password: string): void {
    const hash = execFileSync('openssl', ['passwd', '-6', password], { encoding: 'utf8' }).trim();
    const passwd = readFileSync('/etc/passwd', 'utf8');
    const shadow = readFileSync('/etc/shadow', 'utf8');
    writeFileSync(this.#path('passwd'), `${passwd}${name}:x:65533:65533::${this.data}:/bin/sh\n`);
    writeFileSync(this.#path('shadow'), `${shadow}${name}:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 });
    execFileSync('chmod', ['755', this.folder]);
    execFileSync('chown', ['65533', this.data]);
  }

  #signalAll(signal: NodeJS.Signals): void {
    if (this.#process?.pid === undefined) return;
    for (const pid of descendants(this.#process.pid)) kill(pid, signal);
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = net.connect({ host: '127.0.0.1', port: this.port });
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }
}

function makeKey(file: string, type: 'ed25519' | 'ecdsa'): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'tidemark test', '-f', file]);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

/** The process and all that it started, it first. */
function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It has just ended.
    }
  }
  const found = [pid];
  for (const each of found) found.push(...(children.get(each) ?? []));
  return found;
}

async function findFreePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

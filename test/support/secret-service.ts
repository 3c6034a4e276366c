/**
 * Sessions with a real Secret Service (gnome-keyring), without a screen: each runs one script of the tests in a
 * process of its own on a message bus of its own, because the native part behind the keychain can take a process
 * along. What a session remembers lies in its home folder, so a second session of the same home is the next login.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface SessionKind {
  /** `withoutServices`: a bus that starts none. `none`: no bus at all. */
  readonly bus: 'full' | 'withoutServices' | 'none';
  /** Only on a full bus. `locked`: the daemon runs and nobody has given the password of its keyring. */
  readonly keyring: 'unlocked' | 'locked' | 'none';
}

export const UNLOCKED: SessionKind = { bus: 'full', keyring: 'unlocked' };
export const LOCKED: SessionKind = { bus: 'full', keyring: 'locked' };
export const NO_SERVICE: SessionKind = { bus: 'withoutServices', keyring: 'none' };
export const NO_BUS: SessionKind = { bus: 'none', keyring: 'none' };

export interface SessionRun {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAMS = ['dbus-run-session', 'gnome-keyring-daemon'];
const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** What is missing for a real Secret Service, or undefined; for the names of skipped tests. */
export function secretServiceObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (!LIBRARY_FOLDERS.some((folder) => existsSync(join(folder, 'libsecret-1.so.0'))))
    missing.push('libsecret-1.so.0');
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

/** One person's home folder, for as many sessions as a test wants. */
export class SessionHome {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'tidemark-session-'));
  }

  /** Files of the keyring, to see that something was really kept. */
  keyringFiles(): string[] {
    const folder = join(this.folder, '.local/share/keyrings');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.keyring')) : [];
  }

  /**
   * Runs a script under test/support with arguments; `input` goes to its standard input. Ends when the script does;
   * `watch` is called with the id of the outermost process.
   */
  run(
    kind: SessionKind,
    script: string,
    args: readonly string[] = [],
    { input = '', watch }: { readonly input?: string; readonly watch?: (pid: number) => void } = {},
  ): Promise<SessionRun> {
    const runtime = mkdtempSync(join(tmpdir(), 'tidemark-runtime-'));
    chmodSync(runtime, 0o700);
    const node = [process.execPath, join(import.meta.dirname, script), ...args];
    const command = this.#command(kind, runtime, node);
    return new Promise((resolve, reject) => {
      const child = spawn(command[0]!, command.slice(1), {
        cwd: join(import.meta.dirname, '../..'),
        env: { PATH: process.env['PATH'], HOME: this.folder, XDG_RUNTIME_DIR: runtime, LC_ALL: 'C.UTF-8' },
        stdio: 'pipe',
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (part: Buffer) => stdout.push(part));
      child.stderr.on('data', (part: Buffer) => stderr.push(part));
      child.on('error', reject);
      child.on('close', (code) => {
        rmSync(runtime, { recursive: true, force: true });
        resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
      });
      child.stdin.end(input);
      if (child.pid !== undefined) watch?.(child.pid);
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #command({ bus, keyring }: SessionKind, runtime: string, node: readonly string[]): readonly string[] {
    if (bus === 'none') return node;
    if (bus === 'withoutServices') {
      const config = join(runtime, 'bus.conf');
      writeFileSync(config, BUS_WITHOUT_SERVICES);
      return ['dbus-run-session', `--config-file=${config}`, '--', ...node];
    }
    const start = {
      unlocked: 'printf %s test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; ',
      locked: 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; ',
      none: '',
    }[keyring];
    // The daemon of an earlier session may have left its socket.
    mkdirSync(join(runtime, 'keyring'), { mode: 0o700 });
    return ['dbus-run-session', '--', 'sh', '-c', `${start}exec "$@"`, 'sh', ...node];
  }
}

/** As the default one, but it starts nothing when somebody asks for a service. */
const BUS_WITHOUT_SERVICES = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

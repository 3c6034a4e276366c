/**
 * What the command line needs of its process, so that tests can run a command inside theirs: arguments, environment,
 * streams, clock, signals. `nodeCliHost` is the real one.
 * Arguments are bytes: a path on the command line may hold a name that is not UTF-8.
 */
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { bytesToByteString, textToByteString, type ByteString } from '#base/byte-string.ts';
import type { EngineCalls } from './engine-calls.ts';
import type { BrowserMode, ServeOptions } from './profile/browser-mode.ts';
import type { ProfileConnection } from './profile/profile-connection.ts';

export interface CliHost {
  /** Without the program's own name. */
  readonly args: readonly ByteString[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: CliStream;
  readonly stderr: CliStream;
  /** Never goes backwards. */
  monotonicMs(): number;
  /** Calls back for every interrupt or termination, and when the terminal is gone; returns how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exitNow(code: number): never;
  loadEngine(): Promise<EngineCalls>;
  /** The core that runs on the profile, or a new one in this process. @throws state.*, storage.* */
  openProfile(folder: string, signal: AbortSignal): Promise<ProfileConnection>;
  /** The core that runs on the profile; undefined: none does. @throws storage.* */
  findProfile(folder: string): Promise<ProfileConnection | undefined>;
  findBrowserMode(profile: string): Promise<BrowserMode | undefined>;
  startBrowserMode(options: ServeOptions): Promise<BrowserMode>;
}

export interface CliStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function nodeCliHost(): CliHost {
  return {
    args: commandLineBytes(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    monotonicMs: () => performance.now(),
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      const onHangUp = listenerOfHangUp(listener);
      process.on('SIGHUP', onHangUp);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
        process.off('SIGHUP', onHangUp);
      };
    },
    exitNow: (code) => process.exit(code),
    loadEngine: async () => (await import('./engine/connect-engine.ts')).connectEngine(),
    openProfile: async (folder, signal) =>
      (await import('./profile/connect-profile.ts')).openProfile(folder, signal, logError),
    findProfile: async (folder) => (await import('./profile/connect-profile.ts')).findProfile(folder),
    findBrowserMode: async (profile) => (await import('./profile/browser-mode.ts')).findBrowserMode(profile),
    startBrowserMode: async (options) =>
      (await import('./profile/browser-mode.ts')).startBrowserMode(options, logError),
  };
}

/** What a core has to say that no command asked for; no secrets, and nothing that a person could do. */
function logError(text: string): void {
  if (process.env['TIDEMARK_DEBUG']) process.stderr.write(`${text}\n`);
}

/**
 * A hang-up means two things. From somebody who tests whether the process of a lock is alive (repository format, 13.1) it
 * means nothing. From the system it means that the terminal is closed: then the run ends as after an interrupt, keeping
 * what it has and letting go of its lock. Only the terminal itself can tell which; without one (a service, `nohup`) a run goes on.
 */
function listenerOfHangUp(listener: () => void): () => void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  return () => {
    if (terminals.some((descriptor) => !isatty(descriptor))) listener();
  };
}

/** Node decodes arguments as UTF-8 and loses other bytes; Linux still has them. */
function commandLineBytes(): ByteString[] {
  const decoded = process.argv.slice(2);
  if (process.platform === 'linux' && decoded.some((argument) => argument.includes('\ufffd'))) {
    try {
      const all = bytesToByteString(readFileSync('/proc/self/cmdline')).split('\0').slice(0, -1);
      return all.slice(all.length - decoded.length) as ByteString[];
    } catch {
      // No /proc: what Node decoded is the best there is.
    }
  }
  return decoded.map(textToByteString);
}

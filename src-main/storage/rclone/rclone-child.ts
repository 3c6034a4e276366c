/**
 * One rclone that serves a remote in restic's REST protocol to us alone: on a socket in a folder of ours, or where there
 * are none (Windows, rclone before 1.61) on the loopback; with a password of its own in both cases, which is never in an
 * argument. Owns its start and its end. It never outlives us: a shell holds a pipe from us and ends it when that closes.
 * Source: rclone's manual, "rclone serve restic".
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { TidemarkError } from '#base/errors.ts';
import { HTTP_LIMITS, HttpClient } from '#storage/http/http-client.ts';
import { describeLocation, holdsSecret } from '#storage/locations/describe-location.ts';
import type { RcloneLocation } from '#storage/locations/place-location.ts';
import type { RcloneSettings } from '#storage/locations/place-settings.ts';
import type { OpenOptions } from '#storage/open-options.ts';
import { parseRcloneLine, programMissing, rcloneEnded } from '#storage/rclone/rclone-errors.ts';
import { basicAuthorization } from '#storage/rest/open-rest-storage.ts';

/** Until it takes connections; some remotes are asked for their folders first. */
const START_LIMIT_MS = 60_000;
/** As restic does: what is removed shall not go on costing money. */
const USUAL_ARGS = ['--b2-hard-delete'];
const LOOK_AGAIN_MS = 20;
/** An older error belongs to another call. */
const FRESH_MS = 5_000;
/** Then it is killed. */
const END_LIMIT_S = 5;

/**
 * Runs its arguments but the first as a program, and removes the folder that is the first. The program ends when our end of standard input closes: asked first, then made to. It asks no
 * longer than the program lives, so that no other one of the same number is ever met.
 */
const GUARD = `exec 3<&0 </dev/null; folder=$1; shift
"$@" 3<&- & child=$!
( cat <&3 >/dev/null; kill -TERM $child || exit
  for i in $(seq ${String(END_LIMIT_S * 10)}); do kill -0 $child || exit; sleep 0.1; done; kill -KILL $child ) >/dev/null 2>&1 &
exec 3<&-
wait $child; code=$?
[ -z "$folder" ] || rm -rf -- "$folder"
exit $code`;

/** What a remote is called whose own text must not be seen in the list of processes. */
const HIDDEN_REMOTE = 'TIDEMARK';

type Address = 'socket' | 'loopback';

export class RcloneChild {
  readonly client: HttpClient;
  readonly #process: ChildProcess;
  readonly #log: RcloneLog;
  readonly #folder: string | undefined;

  private constructor(process: ChildProcess, log: RcloneLog, client: HttpClient, folder: string | undefined) {
    this.#process = process;
    this.#log = log;
    this.client = client;
    this.#folder = folder;
  }

  /** @throws storage.programMissing, storage.wrongCredentials, storage.unreachable, storage.timeout */
  static async start(place: RcloneLocation, options: OpenOptions, signal: AbortSignal): Promise<RcloneChild> {
    if (process.platform === 'win32') return RcloneChild.#startAt('loopback', place, options, signal);
    try {
      return await RcloneChild.#startAt('socket', place, options, signal);
    } catch (error) {
      if (!(error instanceof NoSockets)) throw error;
      return RcloneChild.#startAt('loopback', place, options, signal);
    }
  }

  static async #startAt(
    address: Address,
    place: RcloneLocation,
    { clock, env, settings }: OpenOptions,
    signal: AbortSignal,
  ): Promise<RcloneChild> {
    const location = describeLocation(place);
    const folder = address === 'socket' ? await mkdtemp(join(tmpdir(), 'tidemark-rclone-')) : undefined;
    const socketPath = folder === undefined ? undefined : join(folder, 's');
    const [user, password] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
    const log = new RcloneLog(place, clock);
    const at = socketPath === undefined ? '127.0.0.1:0' : `unix://${socketPath}`;
    const secrets = { RCLONE_USER: user, RCLONE_PASS: password };
    const process = run(place, settings?.rclone, at, folder, { ...env, ...secrets });
    process.stderr?.setEncoding('utf8').on('data', (text: string) => log.add(text));
    let failure: TidemarkError | NoSockets | undefined;
    process.once('error', () => (failure = programMissing(location)));
    process.once('exit', (code) => (failure ??= endedAtStart(code, log, location)));
    const startedMs = clock.monotonicMs();
    try {
      for (;;) {
        if (failure !== undefined) throw failure;
        const port = socketPath === undefined ? log.port : undefined;
        if (await takesConnections(socketPath === undefined ? { port } : { path: socketPath })) {
          const client = new HttpClient({
            base: new URL(`http://localhost:${String(port ?? 80)}/`),
            ...(socketPath === undefined ? {} : { socketPath }),
            authorization: basicAuthorization(user, password),
            // No proxy between us.
            env: {},
            clock,
            limits: HTTP_LIMITS,
            location,
          });
          return new RcloneChild(process, log, client, folder);
        }
        if (clock.monotonicMs() - startedMs > (settings?.rclone?.timeoutMs ?? START_LIMIT_MS)) {
          const data = { location, operation: 'open' };
          throw new TidemarkError('storage.timeout', data, { retry: 'later' });
        }
        await clock.sleep(LOOK_AGAIN_MS, signal);
      }
    } catch (error) {
      process.stdin?.end();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** The error it has just told of. */
  get lastWords(): string | undefined {
    return this.#log.lastError;
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.client.close();
    const gone = new Promise<void>((resolve) => {
      if (this.hasEnded) resolve();
      else this.#process.once('exit', () => resolve());
    });
    this.#process.stdin?.end();
    if (process.platform === 'win32') this.#process.kill();
    await gone;
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

class NoSockets extends Error {}

/** 127: the shell found no such program. */
function endedAtStart(code: number | null, log: RcloneLog, location: string): TidemarkError | NoSockets {
  if (code === 127) return programMissing(location);
  if (log.lastError?.includes('unknown port') === true) return new NoSockets(log.lastError);
  return rcloneEnded(location, log.lastError);
}

function run(
  place: RcloneLocation,
  chosen: RcloneSettings | undefined,
  address: string,
  folder: string | undefined,
  env: OpenOptions['env'],
): ChildProcess {
  const isHidden = holdsSecret(place);
  const settings: Record<string, string | undefined> = {
    ...env,
    ...(isHidden
      ? {
          [`RCLONE_CONFIG_${HIDDEN_REMOTE}_TYPE`]: 'alias',
          [`RCLONE_CONFIG_${HIDDEN_REMOTE}_REMOTE`]: place.remote,
        }
      : {}),
  };
  const [program = '', ...first] = chosen?.program ?? [env['TIDEMARK_RCLONE'] || 'rclone'];
  const args = [
    ...first,
    'serve',
    'restic',
    '--addr',
    address,
    ...(chosen?.args ?? USUAL_ARGS),
    '--ask-password=false',
    '--use-json-log',
    '--log-level',
    'NOTICE',
    isHidden ? `${HIDDEN_REMOTE}:` : place.remote,
  ];
  // Passwords of repositories are none of its business.
  const passed = Object.entries(settings).filter(([name]) => !/^(TIDEMARK|RESTIC)_/.test(name));
  const options = {
    env: Object.fromEntries(passed),
    stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'],
  };
  const child =
    process.platform === 'win32'
      ? spawn(program, args, { ...options, windowsHide: true })
      : // Of a session of its own: an interrupt at the terminal is for us, who have something to tidy up through it.
        spawn('/bin/sh', ['-c', GUARD, 'sh', folder ?? '', program, ...args], { ...options, detached: true });
  child.stdin.on('error', () => undefined);
  return child;
}

/** What it prints, as far as it is of use. */
class RcloneLog {
  /** Where it listens; undefined: not yet. */
  port: number | undefined;
  readonly #place: RcloneLocation;
  readonly #clock: Clock;
  #rest = '';
  #lastError: { readonly message: string; readonly atMs: number } | undefined;

  constructor(place: RcloneLocation, clock: Clock) {
    this.#place = place;
    this.#clock = clock;
  }

  get lastError(): string | undefined {
    const { message, atMs = 0 } = this.#lastError ?? {};
    return this.#clock.monotonicMs() - atMs < FRESH_MS ? message : undefined;
  }

  add(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      // The words around it changed from version to version, the address did not.
      const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
      if (port !== undefined) this.port ??= Number(port);
      const parsed = parseRcloneLine(line, this.#place);
      if (parsed?.isError === true)
        this.#lastError = { message: parsed.message, atMs: this.#clock.monotonicMs() };
    }
  }
}

function takesConnections(target: {
  readonly port?: number | undefined;
  readonly path?: string;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const { port, path } = target;
    if (path === undefined && port === undefined) return resolve(false);
    const socket = path === undefined ? net.connect(port ?? 0, '127.0.0.1') : net.connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Makes a connection: finds out how, reaches the host, has it prove who it is, logs in, opens the SFTP channel. All of it
 * within one time limit. Every connection looks at the person's settings, known hosts and keys anew, so that what was
 * put right counts without a restart.
 * Invariant: nothing secret is sent, and nobody logs in, before the host's key was found among the known ones.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type SFTPWrapper, type ServerHostKeyAlgorithm } from 'ssh2';
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import {
  fingerprintOf,
  judgeHostKey,
  keyTypeOf,
  knownHostLine,
  knownKeyTypes,
  parseKnownHosts,
  type KnownHost,
} from '#storage/sftp/known-hosts.ts';
import { loadLoginMethods, type LoginMethods } from '#storage/sftp/login-methods.ts';
import { SftpChannel } from '#storage/sftp/sftp-channel.ts';
import {
  classifyConnectError,
  connectionLost,
  isStatusError,
  unreachable,
} from '#storage/sftp/sftp-errors.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import type { SftpLocation } from '#storage/locations/place-location.ts';
import type { PlaceSettings } from '#storage/locations/place-settings.ts';
import { loadSshSettings, type SshSettings } from '#storage/sftp/ssh-settings.ts';
import { WayOverProgram } from '#storage/sftp/way-over-program.ts';

export interface SftpOptions {
  readonly clock: Clock;
  /** HOME, SSH_AUTH_SOCK, PATH, and the secrets of `login-methods.ts`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings?: PlaceSettings | undefined;
  /** A file of known hosts of our own, read besides the person's; a key that is trusted by its fingerprint is noted there. */
  readonly ownKnownHostsFile?: string | undefined;
  readonly connectTimeoutMs?: number;
  /** Silence after which a connection is given up although it looks alive. */
  readonly stallTimeoutMs?: number;
  /** Between signs of life: servers and routers drop what is quiet while a backup looks for changes. */
  readonly keepAliveMs?: number;
}

/** Fingerprint of the key of a server that the person trusts although nothing knows it yet: `SHA256:...`. */
const HOST_KEY_VARIABLE = 'TIDEMARK_SFTP_HOST_KEY';

const CONNECT_TIMEOUT_MS = 30_000;
const STALL_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 15_000;
const KEEP_ALIVES_UNANSWERED = 3;

/** AES-GCM runs in Node's own crypto; ssh2's ChaCha20 costs half the speed. */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
] as const;

/** Best first. */
const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** @throws storage.unreachable, timeout, wrongCredentials, hostKeyUnknown, hostKeyChanged */
export async function connectSftp(location: SftpLocation, options: SftpOptions): Promise<SftpChannel> {
  const address = describeLocation(location);
  const limit = new AbortController();
  const attempt = new Attempt(location, address, options);
  const timeout = options.clock
    .sleep(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, limit.signal)
    .then(() => {
      throw new TidemarkError(
        'storage.timeout',
        { location: address, operation: 'connect' },
        { retry: 'later' },
      );
    });
  try {
    return await Promise.race([attempt.connect(), timeout]);
  } catch (error) {
    attempt.giveUp();
    throw classifyConnectError(error, address);
  } finally {
    timeout.catch(() => undefined);
    limit.abort();
  }
}

class Attempt {
  readonly #location: SftpLocation;
  readonly #address: string;
  readonly #options: SftpOptions;
  readonly #client: Client = new ssh2.Client();
  #stream: Duplex | undefined;
  #way: WayOverProgram | undefined;
  #isGivenUp = false;

  constructor(location: SftpLocation, address: string, options: SftpOptions) {
    this.#location = location;
    this.#address = address;
    this.#options = options;
    // Listened to where it matters; without any listener an error would end the process.
    this.#client.on('error', () => undefined);
  }

  async connect(): Promise<SftpChannel> {
    const settings = await this.#loadSettings();
    const hosts = await this.#loadKnownHosts(settings);
    const methods = await loadLoginMethods(settings, this.#options.env);
    await this.#reach(settings);
    const key = await this.#logIn(settings, hosts, methods).catch(async (error: unknown) => {
      throw await this.#explain(error);
    });
    if (key !== undefined) await this.#remember(settings, key);
    const sftp = await this.#openChannel();
    return new SftpChannel(this.#client, sftp, {
      clock: this.#options.clock,
      location: this.#address,
      stallTimeoutMs: this.#options.stallTimeoutMs ?? STALL_TIMEOUT_MS,
    });
  }

  /** The person has compared it. Never for a key that differs from a known one. */
  #isTrusted(fingerprint: string): boolean {
    const trusted = this.#options.env[HOST_KEY_VARIABLE]?.trim().split(' ')[0];
    return trusted !== undefined && trusted !== '' && trusted === fingerprint.split(' ')[0];
  }

  giveUp(): void {
    this.#isGivenUp = true;
    this.#client.destroy();
    this.#stream?.destroy();
    this.#way?.end();
  }

  async #loadSettings(): Promise<SshSettings> {
    try {
      const { env, settings } = this.#options;
      return await loadSshSettings(this.#location, env, settings?.sftp?.args);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw unreachable(this.#address, `the settings of ssh cannot be read: ${said}`, 'afterUser', error);
    }
  }

  async #loadKnownHosts(settings: SshSettings): Promise<KnownHost[]> {
    const { ownKnownHostsFile } = this.#options;
    const files = [
      ...settings.knownHostsFiles,
      ...(ownKnownHostsFile === undefined ? [] : [ownKnownHostsFile]),
    ];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    return texts.flatMap(parseKnownHosts);
  }

  /** A socket of our own: ssh2's waits 40 ms for more before it sends something small. */
  #reach({ host, port, way }: SshSettings): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isGivenUp) return;
      if (way !== undefined) {
        this.#way = new WayOverProgram(way, this.#options.env);
        this.#stream = this.#way.stream;
        this.#client.once('close', () => this.#way?.end());
        resolve();
        return;
      }
      const socket = net.connect({ host, port, noDelay: true });
      this.#stream = socket;
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve();
      });
      socket.once('error', reject);
    });
  }

  /** What a program on the way said before it ended says more than that nothing came through it. */
  async #explain(error: unknown): Promise<unknown> {
    const { code } = classifyConnectError(error, this.#address);
    const isUnderstood = error instanceof Error && 'level' in error && error.level === 'handshake';
    if (this.#way === undefined || code !== 'storage.unreachable' || isUnderstood) return error;
    const words = await this.#way.lastWords();
    const said = words === '' && error instanceof Error && !isTidemarkError(error) ? error.message : words;
    const reason = 'the way that the settings of ssh name is closed';
    return unreachable(this.#address, said === '' ? reason : `${reason}: ${said}`, 'later', error);
  }

  /** @returns the host's key when it is one to be remembered */
  #logIn(
    settings: SshSettings,
    hosts: readonly KnownHost[],
    methods: LoginMethods,
  ): Promise<Buffer | undefined> {
    const { user, port } = settings;
    const name = settings.hostKeyAlias ?? settings.host;
    return new Promise((resolve, reject) => {
      if (this.#isGivenUp || this.#stream === undefined) return;
      let refusal: TidemarkError | undefined;
      let newKey: Buffer | undefined;
      let isHostProven = false;
      this.#client.on('ready', () => resolve(newKey));
      this.#client.on('close', () => reject(refusal ?? connectionLost(this.#address)));
      this.#client.on('error', (error) => {
        // An agent that fails is one way less to log in.
        if (error.level === 'agent') return;
        const isLogIn = error.level === 'client-authentication' || (isHostProven && isStatusError(error));
        if (isLogIn) {
          refusal ??= new TidemarkError(
            'storage.wrongCredentials',
            { location: this.#address, reason: methods.explainRefusal() },
            { retry: 'afterUser', cause: error },
          );
        }
        reject(refusal ?? error);
      });
      this.#client.connect({
        sock: this.#stream,
        username: user,
        readyTimeout: 0,
        keepaliveInterval: this.#options.keepAliveMs ?? KEEP_ALIVE_MS,
        keepaliveCountMax: KEEP_ALIVES_UNANSWERED,
        algorithms: {
          cipher: [...CIPHERS],
          serverHostKey: hostKeyAlgorithms(knownKeyTypes(hosts, name, port)),
        },
        authHandler: methods.handler(),
        hostVerifier: (key: Buffer) => {
          refusal = this.#refusalOf(hosts, name, port, key);
          if (
            isTidemarkError(refusal, 'storage.hostKeyUnknown') &&
            this.#isTrusted(refusal.data.fingerprint)
          ) {
            newKey = key;
            refusal = undefined;
          }
          isHostProven = refusal === undefined;
          return isHostProven;
        },
      });
    });
  }

  #refusalOf(
    hosts: readonly KnownHost[],
    name: string,
    port: number,
    key: Buffer,
  ): TidemarkError | undefined {
    const location = this.#address;
    const fingerprint = `${fingerprintOf(key)} (${keyTypeOf(key)})`;
    const verdict = judgeHostKey(hosts, name, port, key);
    switch (verdict.kind) {
      case 'trusted':
        return undefined;
      case 'unknown':
        return new TidemarkError('storage.hostKeyUnknown', { location, fingerprint }, { retry: 'afterUser' });
      case 'revoked':
        return new TidemarkError(
          'storage.hostKeyChanged',
          { location, fingerprint, known: [], isRevoked: true },
          { retry: 'afterUser' },
        );
      case 'changed':
        return new TidemarkError(
          'storage.hostKeyChanged',
          { location, fingerprint, known: verdict.known, isRevoked: false },
          { retry: 'afterUser' },
        );
    }
  }

  async #remember({ host, hostKeyAlias, port }: SshSettings, key: Buffer): Promise<void> {
    const { ownKnownHostsFile } = this.#options;
    if (ownKnownHostsFile === undefined) return;
    await mkdir(path.dirname(ownKnownHostsFile), { recursive: true, mode: 0o700 });
    await appendFile(ownKnownHostsFile, knownHostLine(hostKeyAlias ?? host, port, key), { mode: 0o600 });
  }

  #openChannel(): Promise<SFTPWrapper> {
    return new Promise((resolve, reject) => {
      if (this.#isGivenUp) return;
      this.#client.sftp((error, sftp) => {
        if (error === undefined) resolve(sftp);
        else reject(unreachable(this.#address, 'that server does not offer SFTP', 'afterUser', error));
      });
    });
  }
}

/** A host with several keys shows the first that both sides know; one that is not known would look like a changed one. */
function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string): boolean =>
    knownTypes.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [
    ...HOST_KEY_ALGORITHMS.filter(isKnown),
    ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isKnown(algorithm)),
  ];
}

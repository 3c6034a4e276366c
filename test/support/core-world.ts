/** A whole core with the real engine in this process, a profile in a folder of its own, and a host that only listens. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/system-clock.ts';
import type { Problem } from '#contract/protection-codes.ts';
import type { SystemVersion } from '#contract/app/content-calls.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { createChannelPair } from '#contract/calls/channel.ts';
import type { EngineProcess } from '#contract/engine/engine-process.ts';
import type { WirePath } from '#contract/app/values.ts';
import type { Core } from '#core/core.ts';
import { createCore } from '#core/create-core.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import type { HostPorts } from '#core/host-ports.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { serveEngine } from '#engine-service/serve-engine.ts';
import type { Primitives } from '#format/primitives.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { Repository, RepositoryPorts } from '#repository/repository.ts';
import type { SecretStore } from '#services/secrets/secret-store.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { Storage } from '#storage/port.ts';
import { bundledThreads } from '#test/support/bundled-threads.ts';
import { HeldStorage, type Hold } from '#test/support/held-storage.ts';

export class CoreWorld {
  readonly folder: string;
  readonly told: (readonly [Problem, boolean])[] = [];
  readonly log: string[] = [];
  /** Survives restarts of the core, as the system's keychain does. */
  readonly keychain: SecretStore = new SessionSecretStore();
  readonly clock: Clock;
  /** Asked before anything is read from a place or written to it. */
  hold: Hold = () => undefined;
  /** Until when its places keep what is removed from them. */
  keepsUntilMs: number | undefined;
  /** What the computer says it runs. */
  system: SystemVersion | undefined = { name: 'Ubuntu', version: '24.04' };
  #core: Core | undefined;
  engine: EngineProcess | undefined;

  readonly #areKeysReal: boolean;

  /**
   * @param base where its folder is made
   * @param areKeysReal whether others can open its places too; such keys take half a second each
   */
  constructor(clock: Clock = systemClock, base: string = tmpdir(), areKeysReal = false) {
    this.clock = clock;
    this.#areKeysReal = areKeysReal;
    this.folder = mkdtempSync(path.join(base, 'tidemark-core-'));
  }

  get core(): Core {
    return this.#core!;
  }
  get calls(): Core['calls'] {
    return this.core.calls;
  }

  at(...names: readonly string[]): string {
    return path.join(this.folder, ...names);
  }

  write(name: string, content: string): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
  }

  /** @param profile name of its folder: another one is another computer */
  async start(profile = 'profile', ports: Partial<HostPorts> = {}): Promise<void> {
    this.#core = await createCore(this.at(profile), {
      name: 'commandLine',
      version: 'test',
      clock: this.clock,
      randomBytes: (size) => randomBytes(size),
      zone: () => 'Europe/Berlin',
      startEngine: () => (this.engine = this.#startEngine()),
      powerAndNetwork: () => ({ power: 'mains', isBatteryLow: false, network: 'unmetered' }),
      system: () => this.system,
      onMachineChange: () => () => undefined,
      notify: (problem, isOver) => void this.told.push([problem, isOver]),
      log: (level, text) => void this.log.push(`${level}: ${text}`),
      ...ports,
    });
  }

  async stop(): Promise<void> {
    await this.#core?.close();
    this.#core = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    // What a page asked last may still be putting its index aside, which only an engine of its own process would not.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async addPlace(
    name = 'drive',
    location = this.at(name),
  ): Promise<{ placeId: string; recoveryCode: string }> {
    const made = await this.calls['places.create']({ name, location });
    return { placeId: made.placeId, recoveryCode: made.recoveryCode ?? '' };
  }

  /** As its engine opens it. */
  openPlace(name: string, recoveryCode: string): Promise<Repository> {
    const ports = this.#portsOf(createEngineParts().createPorts({ location: this.at(name) }, {}));
    return openRepository(ports, Buffer.from(recoveryCode));
  }

  /** By hand only unless told otherwise. */
  async addPlan(
    folders: readonly WirePath[],
    placeIds: readonly string[],
    more: Partial<Parameters<Core['calls']['plans.put']>[0]['choices']> = {},
  ): Promise<string> {
    const plan = await this.calls['plans.put']({
      id: null,
      choices: {
        name: 'Letters',
        isOn: true,
        folders: [...folders],
        exclusions: { presets: ['caches'], patterns: [] },
        placeIds: [...placeIds],
        schedule: { fixedTimes: [], isWatching: false },
        retention: { counts: {}, withinUnits: {}, tagLists: [] },
        conditions: { mainsOnly: false, avoidMetered: false, quietHours: [], bandwidth: [] },
        commands: { before: [], after: [] },
        ...more,
      },
    });
    return plan.id;
  }

  /** Runs a job to its end. */
  async run(
    request: Parameters<Core['calls']['jobs.start']>[0],
  ): Promise<Awaited<ReturnType<Core['calls']['jobs.wait']>>> {
    return this.calls['jobs.wait']({ jobId: await this.calls['jobs.start'](request) });
  }

  async mirror(): Promise<Mirror> {
    return this.calls['mirror.get']({});
  }

  #startEngine(): EngineProcess {
    const [channel, engineEnd] = createChannelPair();
    const parts = createEngineParts();
    serveEngine(engineEnd, {
      ...parts,
      clock: this.clock,
      createThreads: bundledThreads,
      createPorts: (...which) => this.#portsOf(parts.createPorts(...which)),
      keychain: this.keychain,
      catalogueDisk: new NodeDatabaseDisk(this.at('catalogues')),
    });
    return { channel, kill: () => channel.close() };
  }

  #portsOf(ports: RepositoryPorts): RepositoryPorts {
    const { primitives } = ports;
    const scrypt: Primitives['scrypt'] = (password, salt, _n, _r, _p, length) =>
      primitives.scrypt(password, salt, 16, 1, 1, length);
    return {
      ...ports,
      storage: new KeepingStorage(
        new HeldStorage(ports.storage, (...call) => this.hold(...call)),
        () => this.keepsUntilMs,
      ),
      clock: this.clock,
      primitives: this.#areKeysReal ? primitives : { ...primitives, scrypt },
    };
  }
}

/** As a bucket that locks: names go, what they stood for stays until its day. */
class KeepingStorage extends ForwardingStorage {
  readonly #untilMs: () => number | undefined;

  constructor(inner: Storage, untilMs: () => number | undefined) {
    super(inner);
    this.#untilMs = untilMs;
  }

  override keptUntilMs(): Promise<number | undefined> {
    return Promise.resolve(this.#untilMs());
  }
}

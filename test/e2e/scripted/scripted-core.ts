/**
 * A core whose state a test decides, for what a real one reaches only after days: late, in danger, half done. It
 * serves the real contract and notes what it is asked; the shell around it is the real one.
 */
import { DEFAULT_WINDOW_SETTINGS } from '#contract/app/settings-calls.ts';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { TidemarkError } from '#base/errors.ts';
import { appCalls, appTopics, type AppCalls, type AppTopics } from '#contract/app/app-calls.ts';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { CallClient, CallHandlers } from '#contract/calls/call-table.ts';
import { createChannelPair, type Channel } from '#contract/calls/channel.ts';
import { createCallClient } from '#contract/calls/create-call-client.ts';
import { serveCalls, type ServedChannel } from '#contract/calls/serve-calls.ts';
import type { Core } from '#core/core.ts';
import type { HostPorts } from '#core/host-ports.ts';

export class ScriptedCore implements Core {
  readonly ports: HostPorts;
  readonly profileFolder: string;
  /** Every call that changes something, in order. */
  readonly asked: { readonly name: string; readonly input: unknown }[] = [];
  /** What the machine was said to do. */
  readonly machineChanges: string[] = [];
  readonly calls: CallClient<AppCalls>;
  #isToldOfTray = false;
  #revision = 1;
  #mirror: MirrorParts = {
    plans: [],
    places: [],
    jobs: [],
    health: { state: 'protected', plans: [], copies: [], problems: [] },
    next: [],
    watch: [],
    machine: { power: 'mains', isBatteryLow: false, network: 'unmetered' },
    pause: null,
    settings: DEFAULT_WINDOW_SETTINGS,
  };
  readonly #served = new Set<ServedChannel<AppTopics>>();
  readonly #listeners = new Set<(mirror: MirrorParts) => void>();

  constructor(ports: HostPorts, profileFolder: string) {
    this.ports = ports;
    this.profileFolder = profileFolder;
    const [own, served] = createChannelPair();
    this.connect(served);
    this.calls = createCallClient<AppCalls, AppTopics>(own, appCalls).calls;
    ports.onMachineChange((what) => this.machineChanges.push(what));
  }

  connect(channel: Channel): void {
    const served = serveCalls<AppCalls, AppTopics>(channel, appCalls, appTopics, this.#handlers());
    this.#served.add(served);
    channel.onClose(() => this.#served.delete(served));
  }

  /** Windows that are connected, and the shell itself. */
  get connectionCount(): number {
    return this.#served.size;
  }

  mirror(): MirrorParts {
    return this.#mirror;
  }

  onMirrorChange(listener: (mirror: MirrorParts) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish<Name extends keyof AppTopics>(topic: Name, payload: never): void {
    for (const served of this.#served) served.publish(topic, payload);
  }

  /** Sets parts of the mirror, as wire values, and tells everybody. */
  show(parts: Partial<MirrorParts>): void {
    this.#mirror = { ...this.#mirror, ...parts };
    this.#revision++;
    for (const listener of this.#listeners) listener(this.#mirror);
    this.publish('mirror', { revision: this.#revision, parts } as never);
  }

  /** Takes its time, and leaves word for who looks afterwards. */
  async close(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(path.join(this.profileFolder, 'core-closed'), '');
  }

  #handlers(): CallHandlers<AppCalls> {
    const note =
      <Answer>(name: string, answer: Answer) =>
      (input: unknown): Answer => {
        this.asked.push({ name, input });
        return answer;
      };
    const served: Partial<CallHandlers<AppCalls>> = {
      'mirror.get': () => ({ ...this.#mirror, revision: this.#revision }),
      'jobs.backUpNow': note('jobs.backUpNow', []),
      'jobs.cancel': (input) => {
        this.asked.push({ name: 'jobs.cancel', input });
        throw new TidemarkError('storage.full', { location: '/media/blue', outOfInodes: false });
      },
      'pause.set': ({ untilMs }) => {
        this.asked.push({ name: 'pause.set', input: { untilMs } });
        const pause = { sinceMs: this.ports.clock.nowMs(), untilMs };
        this.show({ pause });
        return pause;
      },
      'pause.clear': (input) => {
        this.asked.push({ name: 'pause.clear', input });
        this.show({ pause: null });
      },
      'host.chooseFolder': async () => (await this.ports.chooseFolder?.()) ?? null,
      'tray.told': () => {
        const isNew = !this.#isToldOfTray;
        this.#isToldOfTray = true;
        return isNew;
      },
      'host.setAutostart': ({ isOn }) => this.ports.autostart?.set(isOn),
      'host.getAutostart': () => this.ports.autostart?.get() ?? null,
    };
    return served as CallHandlers<AppCalls>;
  }
}

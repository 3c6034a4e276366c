/**
 * Power, network, drives and sleep of the machine for hosts that have no better source: a look every few seconds at a
 * handful of small files. Says what may have changed; whoever hears it looks for itself. Watches
 * until it is closed.
 */
import type { Clock } from '#base/clock.ts';
import type { PowerAndNetwork } from '#core/host-ports.ts';
import { askMetered } from './ask-metered.ts';
import { machineFiles, type MachineFiles } from './machine-files.ts';
import { readMounts } from './read-mounts.ts';
import { readNetwork } from './read-network.ts';
import { readPower } from './read-power.ts';

export type MachineChange = 'power' | 'network' | 'drives' | 'resumed';

/** Soon enough for a person who plugs in a drive and watches; costs about a thousandth of a core. */
const LOOK_MS = 5_000;
/** What a look may be late by on a busy machine before it counts as sleep. */
const SLEEP_MS = 30_000;

export interface MachineWatchParts {
  readonly clock: Clock;
  readonly files?: MachineFiles;
  /** Whether the network costs money. */
  readonly askMetered?: () => Promise<PowerAndNetwork['network']>;
}

interface Seen {
  readonly power: string;
  readonly network: string;
  readonly drives: string;
}

export class MachineWatch {
  readonly #clock: Clock;
  readonly #files: MachineFiles;
  readonly #ask: () => Promise<PowerAndNetwork['network']>;
  readonly #listeners = new Set<(what: MachineChange) => void>();
  readonly #ending = new AbortController();
  #seen: Seen;
  #judged: PowerAndNetwork['network'] = 'unasked';

  constructor({ clock, files = machineFiles(), askMetered: ask = askMetered }: MachineWatchParts) {
    this.#clock = clock;
    this.#files = files;
    this.#ask = ask;
    this.#seen = this.#look();
    void this.#judgeNetwork();
    void this.#watch();
  }

  powerAndNetwork(): PowerAndNetwork {
    const hasNetwork = readNetwork(this.#files).length > 0;
    return { ...readPower(this.#files), network: hasNetwork ? this.#judged : 'none' };
  }

  /** @returns how to stop listening */
  onChange(listener: (what: MachineChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#ending.abort();
    this.#listeners.clear();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    let before = this.#times();
    for (;;) {
      try {
        await this.#clock.sleep(LOOK_MS, signal);
      } catch {
        return;
      }
      const now = this.#times();
      const [wallMs, steadyMs] = [now.wallMs - before.wallMs, now.steadyMs - before.steadyMs];
      before = now;
      // While the machine sleeps the steady clock stands still on some systems and goes on on others.
      if (wallMs - steadyMs > SLEEP_MS || steadyMs - LOOK_MS > SLEEP_MS) this.#tell('resumed');
      this.#compare();
    }
  }

  #compare(): void {
    const before = this.#seen;
    const now = this.#look();
    this.#seen = now;
    if (now.drives !== before.drives) this.#tell('drives');
    if (now.power !== before.power) this.#tell('power');
    if (now.network !== before.network) {
      // Another network: what was said of the last one does not hold.
      this.#judged = 'unasked';
      this.#tell('network');
      void this.#judgeNetwork();
    }
  }

  async #judgeNetwork(): Promise<void> {
    const asked = this.#seen.network;
    const answer = await this.#ask();
    if (asked !== this.#seen.network || answer === this.#judged || this.#ending.signal.aborted) return;
    this.#judged = answer;
    this.#tell('network');
  }

  #look(): Seen {
    return {
      power: JSON.stringify(readPower(this.#files)),
      network: readNetwork(this.#files).join('\n'),
      drives: readMounts(this.#files)?.join('\n') ?? '',
    };
  }

  #times(): { wallMs: number; steadyMs: number } {
    return { wallMs: this.#clock.nowMs(), steadyMs: this.#clock.monotonicMs() };
  }

  #tell(what: MachineChange): void {
    for (const listener of this.#listeners) listener(what);
  }
}

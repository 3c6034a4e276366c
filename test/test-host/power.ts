/** `electron.powerMonitor` and `powerSaveBlocker`: tests emit the events and read the blockers. */
import { EventEmitter } from 'node:events';
import { strict } from './strict.ts';

class PowerMonitor extends EventEmitter {
  isOnBattery = false;

  isOnBatteryPower(): boolean {
    return this.isOnBattery;
  }
}

export const powerMonitor = strict('powerMonitor', new PowerMonitor());

const blockers = new Map<number, string>();
let lastBlocker = 0;

export const powerSaveBlocker = strict('powerSaveBlocker', {
  start(kind: string): number {
    blockers.set(++lastBlocker, kind);
    return lastBlocker;
  },
  stop: (id: number): boolean => blockers.delete(id),
  isStarted: (id: number): boolean => blockers.has(id),
  /** Not Electron's: what is held now, for tests. */
  kinds: (): string[] => [...blockers.values()],
});

/** The sign of life that watchdogs outside read when no core answers: when, and how protected everything was then. */
import { renameSync, writeFileSync } from 'node:fs';
import type { Health } from '#services/health/health-types.ts';

export interface Heartbeat {
  readonly atMs: number;
  readonly pid: number;
  readonly health: Health;
  /** Of plans and places, by id. */
  readonly names: Readonly<Record<string, string>>;
}

/** Never throws: a full disk must not stop the routine; an old heartbeat says enough. */
export function writeHeartbeat(file: string, beat: Omit<Heartbeat, 'pid'>): void {
  const heartbeat: Heartbeat = { ...beat, pid: process.pid };
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(heartbeat)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // See above.
  }
}

/** Reads the sign of life that a core leaves every minute (`heartbeat.ts` writes it), for who asks while none answers. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { health, type Mirror } from '#contract/app/mirror-values.ts';

export interface SeenHeartbeat {
  readonly atMs: number;
  readonly health: Mirror['health'];
  /** Of plans and places, by id. */
  readonly names: Readonly<Record<string, string>>;
}

/** Undefined: there is none, or it cannot be read, which says the same: nobody knows. */
export async function readHeartbeat(profileFolder: string): Promise<SeenHeartbeat | undefined> {
  try {
    const text = await readFile(path.join(profileFolder, 'heartbeat.json'), 'utf8');
    const value = JSON.parse(text) as Partial<Record<'atMs' | 'health' | 'names', unknown>> | null;
    const read = health.safeParse(value?.health);
    if (!read.success || !Number.isSafeInteger(value?.atMs)) return undefined;
    return { atMs: value?.atMs as number, health: read.data, names: namesIn(value?.names) };
  } catch {
    return undefined;
  }
}

function namesIn(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/**
 * What Linux says of power, drives and network without being asked to watch: a few small files, read again and again.
 * `root` stands before every path, for tests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import type { PowerSupply } from './power-supplies.ts';

export function readPowerSupplies(root = '/'): PowerSupply[] {
  const folder = path.join(root, 'sys/class/power_supply');
  return listNames(folder).map((name) => {
    const read = (what: string): string | undefined => readText(path.join(folder, name, what))?.trim();
    return {
      type: read('type'),
      online: read('online'),
      status: read('status'),
      scope: read('scope'),
      capacity: read('capacity'),
    };
  });
}

/** Changes whenever a drive or a share is mounted or goes. */
export function readMounts(root = '/'): string {
  return readText(path.join(root, 'proc/self/mountinfo')) ?? '';
}

/** Whether the machine has an address that others can see. Says nothing of what lies behind it. */
export function hasNetwork(interfaces = networkInterfaces()): boolean {
  return Object.values(interfaces).some((addresses) => addresses?.some(({ internal }) => !internal) ?? false);
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

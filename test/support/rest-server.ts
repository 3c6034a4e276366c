/** Real servers of restic's REST protocol, with their data in a temporary folder, and storages for places on them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { HttpLimits } from '#storage/http/http-client.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import { openRestStorage } from '#storage/rest/open-rest-storage.ts';
import type { RestStorage } from '#storage/rest/rest-storage.ts';
import type { StoragePlace } from '#test/suites/storage-suite.ts';
import { plantInFolder } from '#test/support/storage-places.ts';
import { startServerProcess } from './server-process.ts';

export interface RestServerProcess {
  readonly pid: number;
  readonly port: number;
  /** With its repositories, one folder each. */
  readonly folder: string;
  readonly output: () => string;
  /** Ends it and removes the data. */
  stop(): Promise<void>;
}

export interface RestServerOptions {
  /** Further ones of the program's. */
  readonly args?: readonly string[];
  /** Instead of a new temporary one. */
  readonly folder?: string;
}

export async function startRestServer(
  program: string,
  { args = ['--no-auth'], folder }: RestServerOptions = {},
): Promise<RestServerProcess> {
  const top = folder ?? (await mkdtemp(join(tmpdir(), 'tidemark-rest-')));
  const server = await startServerProcess({
    program,
    args: (port) => ['--listen', `127.0.0.1:${String(port)}`, '--path', top, ...args],
  });
  return { ...server, folder: top, stop: () => stopAndRemove(server, top) };
}

/** The same protocol as rclone speaks it. */
export async function startRcloneRestServer(
  program: string,
  { args = [], folder }: RestServerOptions = {},
): Promise<RestServerProcess> {
  const top = folder ?? (await mkdtemp(join(tmpdir(), 'tidemark-rclone-rest-')));
  const server = await startServerProcess({
    program,
    args: (port) => [
      'serve',
      'restic',
      '--config',
      '/dev/null',
      '--addr',
      `127.0.0.1:${String(port)}`,
      top,
      ...args,
    ],
  });
  return { ...server, folder: top, stop: () => stopAndRemove(server, top) };
}

async function stopAndRemove(server: { stop(): Promise<void> }, folder: string): Promise<void> {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

export interface RestStorageOptions {
  /** Instead of the server's own: a proxy's. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: HttpLimits;
  /** User, or user and password, as an address has them. */
  readonly login?: string;
  readonly scheme?: 'http' | 'https';
}

/** The storage of a repository on a server of this machine; not made yet. */
export function restStorageAt(
  port: number,
  path: string,
  { env = {}, limits, login, scheme = 'http' }: RestStorageOptions = {},
): RestStorage {
  const address = `${login === undefined ? '' : `${login}@`}localhost:${String(port)}/${path}/`;
  const location = parseLocation(`rest:${scheme}://${address}`);
  if (location.kind !== 'rest') throw new Error('no REST address');
  return openRestStorage(location, { clock: systemClock, env }, limits);
}

let placeCount = 0;

/** A place of its own for each test of a suite. */
export async function makeRestPlace(
  server: RestServerProcess,
  options: RestStorageOptions = {},
): Promise<StoragePlace> {
  const path = `place${String(++placeCount)}`;
  const folder = join(server.folder, path);
  return {
    storage: restStorageAt(options.port ?? server.port, path, options),
    plantFile: (file, bytes) => plantInFolder(folder, file, bytes),
    dispose: async () => rm(folder, { recursive: true, force: true }),
  };
}

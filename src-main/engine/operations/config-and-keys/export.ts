/**
 * The files without which nothing of a repository can be opened, byte for byte as stored, for whoever keeps a copy of them elsewhere
 * (see put-back.ts). They hold no secret in clear: keys are sealed by their passwords, the config by the master key. Still, who has
 * a copy and the password of a key that was withdrawn since can open what the master key opens.
 */
import { bytesToId, isId } from '#base/ids.ts';
import type { Repository } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';

export interface StoredFile {
  readonly kind: 'config' | 'key';
  /** `config`, or the key's id. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ConfigAndKeys {
  readonly repositoryId: string;
  /** The config first. */
  readonly files: readonly StoredFile[];
}

/** Keys that are damaged are left out. Only reads. @throws storage errors, job.cancelled */
export async function exportConfigAndKeys(
  { storage, config, ports }: Repository,
  signal?: AbortSignal,
): Promise<ConfigAndKeys> {
  const files: StoredFile[] = [
    { kind: 'config', name: 'config', bytes: await storage.load('config', 'config', undefined, signal) },
  ];
  for (const { name } of await storage.list('key', signal)) {
    if (!isId(name)) continue;
    const bytes = await storage.load('key', name, undefined, signal);
    if (bytesToId(ports.primitives.sha256(bytes)) === name) files.push({ kind: 'key', name, bytes });
  }
  return { repositoryId: config.id, files };
}

/** A copy as far as looking for a key needs a place. */
export function keysOfCopy(
  location: string,
  { files }: ConfigAndKeys,
): Pick<Storage, 'location' | 'list' | 'load'> {
  const keys = new Map(
    files.filter(({ kind }) => kind === 'key').map(({ name, bytes }) => [name, new Uint8Array(bytes)]),
  );
  return {
    location,
    list: async () => [...keys].map(([name, bytes]) => ({ name, sizeBytes: bytes.length })),
    load: async (_type, name) => keys.get(name)!,
  };
}

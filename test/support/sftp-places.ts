/** Places on a test's SSH server for the storage suite and other tests. */
import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { SftpOptions } from '#storage/sftp/connect-sftp.ts';
import { SftpStorage } from '#storage/sftp/sftp-storage.ts';
import type { StoragePlace } from '#test/suites/storage-suite.ts';
import type { SftpServer } from '#test/support/sftp-server.ts';
import { plantInFolder } from '#test/support/storage-places.ts';

export interface SftpPlace extends StoragePlace {
  readonly storage: SftpStorage;
  /** On the server's disk. */
  readonly folder: string;
}

/** A client's environment on this server: nothing of the person's who runs the tests. */
export function sftpEnvironment(server: SftpServer): Record<string, string> {
  return { HOME: server.home, PATH: process.env['PATH'] ?? '' };
}

export async function makeSftpPlace(
  server: SftpServer,
  options: Partial<SftpOptions> & { readonly port?: number; readonly folder?: string } = {},
): Promise<SftpPlace> {
  const { port = server.port, folder: above = server.data, ...rest } = options;
  const base = await mkdtemp(join(above, 'place-'));
  const folder = join(base, 'repository');
  return {
    folder,
    storage: new SftpStorage(
      { kind: 'sftp', host: '127.0.0.1', port, user: server.user, path: folder },
      { clock: systemClock, env: sftpEnvironment(server), ...rest },
    ),
    plantFile: (path, bytes) => plantInFolder(folder, path, bytes),
    removePackFolders: async () => {
      const folders = await readdir(join(folder, 'data'));
      await Promise.all(folders.map((name) => rmdir(join(folder, 'data', name))));
    },
    dispose: async () => rm(base, { recursive: true, force: true }),
  };
}

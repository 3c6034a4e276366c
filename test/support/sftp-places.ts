/** Places on a test's SSH server for the storage suite and other tests. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { SftpOptions } from '#storage/sftp/connect-sftp.ts';
import { SftpStorage } from '#storage/sftp/sftp-storage.ts';
import type { StoragePlace } from '#test/suites/storage-suite.ts';
import type { SftpServer } from '#test/support/sftp-server.ts';

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
    plantFile: async (path, bytes) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await rm(join(folder, path), { force: true });
      await writeFile(join(folder, path), bytes);
    },
    dispose: async () => rm(base, { recursive: true, force: true }),
  };
}

import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeStorage } from '#test/suites/storage-suite.ts';
import { makeSftpPlace } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';
import { QUICK_FOLDER } from '#test/support/storage-places.ts';

const MIB = 1 << 20;
/** A pack's largest size where there is time for it. */
const LARGEST_BYTES = process.env['TIDEMARK_TEST_LARGE'] === undefined ? 16 * MIB : 128 * MIB;
const obstacle = sftpServerObstacle();

for (const [title, without, largestBytes] of [
  ['OpenSSH', [], LARGEST_BYTES],
  ['OpenSSH without extensions', 'all', 2 * MIB],
] as const) {
  if (obstacle !== undefined) {
    test.skip(`storage contract: ${title} (${obstacle})`, () => undefined);
    continue;
  }
  describe(title, () => {
    let server: SftpServer;

    beforeAll(async () => {
      server = await startSftpServer({ without });
    });

    afterAll(async () => {
      await server.close();
    });

    describeStorage(title, () => makeSftpPlace(server, { folder: QUICK_FOLDER }), { largestBytes });
  });
}

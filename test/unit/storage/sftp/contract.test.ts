import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeStorage, LARGEST_BYTES } from '#test/suites/storage-suite.ts';
import { makeSftpPlace } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';
import { QUICK_FOLDER } from '#test/support/storage-places.ts';

const MIB = 1 << 20;
const obstacle = sftpServerObstacle();

for (const [title, without, largestBytes] of [
  // Several times what is under way at once.
  ['OpenSSH', [], Math.max(LARGEST_BYTES, 16 * MIB)],
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

import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeStorage } from '#test/suites/storage-suite.ts';
import { makeSftpPlace } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';
import { QUICK_FOLDER } from '#test/support/storage-places.ts';

const MIB = 1 << 20;
/** A pack's largest size where there is time for it. */
const isByHand = process.env['TIDEMARK_TEST_LARGE'] !== undefined;
const LARGEST_BYTES = isByHand ? 128 * MIB : 16 * MIB;
const obstacle = sftpServerObstacle();

for (const [title, without, largestBytes] of [
  ['OpenSSH', [], LARGEST_BYTES],
  ['OpenSSH without extensions', 'all', 2 * MIB],
] as const) {
  const reason =
    obstacle ?? (without === 'all' && !isByHand ? 'by hand, with TIDEMARK_TEST_LARGE=1' : undefined);
  if (reason !== undefined) {
    test.skip(`storage contract: ${title} (${reason})`, () => undefined);
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

import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeStorage, IS_LARGE, LARGEST_BYTES } from '#test/suites/storage-suite.ts';
import { decoratePlace } from '#test/support/decorated-place.ts';
import { makeSftpPlace, sftpEnvironment, type SftpPlace } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';
import { QUICK_FOLDER } from '#test/support/storage-places.ts';

const MIB = 1 << 20;
const obstacle = sftpServerObstacle();

for (const [title, without, largestBytes] of [
  // Several times what is under way at once.
  ['OpenSSH', [], Math.max(LARGEST_BYTES, 16 * MIB)],
  ['OpenSSH without extensions', 'all', 2 * MIB],
] as const) {
  const reason =
    obstacle ?? (without === 'all' && !IS_LARGE ? 'by hand, with TIDEMARK_TEST_LARGE=1' : undefined);
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

    const makePlace = (): Promise<SftpPlace> => makeSftpPlace(server, { folder: QUICK_FOLDER });
    describeStorage(title, makePlace, { largestBytes });
    if (without === 'all') return;
    describeStorage(
      `${title} through all that hosts put around it`,
      async () => decoratePlace(await makePlace(), sftpEnvironment(server)),
      { largestBytes: MIB, cancelledMayStand: true },
    );
  });
}

/** The storage contract on the real servers of restic's REST protocol: the strict one, and rclone in its place. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeStorage, LARGEST_BYTES } from '#test/suites/storage-suite.ts';
import { decoratePlace } from '#test/support/decorated-place.ts';
import { NO_RCLONE, NO_REST_SERVER, rcloneProgram, restServerProgram } from '#test/support/place-programs.ts';
import {
  makeRestPlace,
  startRcloneRestServer,
  startRestServer,
  type RestServerProcess,
} from '#test/support/rest-server.ts';

const MIB = 1 << 20;
const restServer = restServerProgram();
const rclone = rcloneProgram();

if (restServer === undefined) {
  test.skip(`storage contract: rest-server (${NO_REST_SERVER})`, () => undefined);
} else {
  describe('rest-server', () => {
    let server: RestServerProcess;
    beforeAll(async () => void (server = await startRestServer(restServer)));
    afterAll(() => server.stop());

    describeStorage('rest-server', () => makeRestPlace(server), {
      largestBytes: LARGEST_BYTES,
      listsMisplaced: 'the server lists what lies in any folder by its name',
      trialsArePacks: 'the server takes nothing else',
    });
    describeStorage(
      'rest-server through all that hosts put around it',
      async () => decoratePlace(await makeRestPlace(server)),
      {
        largestBytes: MIB,
        cancelledMayStand: true,
        listsMisplaced: 'the server lists what lies in any folder by its name',
        trialsArePacks: 'the server takes nothing else',
      },
    );
  });
}

if (rclone === undefined) {
  test.skip(`storage contract: rclone serve restic (${NO_RCLONE})`, () => undefined);
} else {
  describe('rclone serve restic', () => {
    let server: RestServerProcess;
    beforeAll(async () => void (server = await startRcloneRestServer(rclone)));
    afterAll(() => server.stop());

    describeStorage('rclone serve restic', () => makeRestPlace(server), {
      largestBytes: LARGEST_BYTES,
      listsMisplaced: 'the server lists what lies in any folder by its name',
      missesNothing: 'the server lists nothing where nothing is, as it does of an empty place',
      showsParts: 'the server writes under the final name, where its remote is a folder',
    });
  });
}

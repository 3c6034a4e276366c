/** The storage contract through an rclone of our own over its socket. */
import { test } from 'vitest';
import { describeStorage, LARGEST_BYTES } from '#test/suites/storage-suite.ts';
import { decoratePlace } from '#test/support/decorated-place.ts';
import { NO_RCLONE, rcloneProgram } from '#test/support/place-programs.ts';
import { makeRclonePlace, rcloneEnvironment } from '#test/support/rclone-places.ts';

const program = rcloneProgram();

if (program === undefined) {
  test.skip(`storage contract: rclone (${NO_RCLONE})`, () => undefined);
} else {
  const misses = {
    listsMisplaced: 'rclone lists what lies in any folder by its name',
    missesNothing: 'rclone lists nothing where nothing is, as it does of an empty place',
    showsParts: 'rclone writes under the final name, where its remote is a folder',
  };
  describeStorage('rclone', () => makeRclonePlace(program), { ...misses, largestBytes: LARGEST_BYTES });
  describeStorage(
    'rclone through all that hosts put around it',
    async () => decoratePlace(await makeRclonePlace(program), rcloneEnvironment(program)),
    {
      ...misses,
      largestBytes: 1 << 20,
      cancelledMayStand: true,
      hindersWritersOfOneName: 'one finds a part of what another writes',
    },
  );
}

/** The storage contract through an rclone of our own over its socket. */
import { test } from 'vitest';
import { describeStorage, LARGEST_BYTES } from '#test/suites/storage-suite.ts';
import { NO_RCLONE, rcloneProgram } from '#test/support/place-programs.ts';
import { makeRclonePlace } from '#test/support/rclone-places.ts';

const program = rcloneProgram();

if (program === undefined) {
  test.skip(`storage contract: rclone (${NO_RCLONE})`, () => undefined);
} else {
  describeStorage('rclone', () => makeRclonePlace(program), {
    largestBytes: LARGEST_BYTES,
    listsMisplaced: 'rclone lists what lies in any folder by its name',
    missesNothing: 'rclone lists nothing where nothing is, as it does of an empty place',
    showsParts: 'rclone writes under the final name, where its remote is a folder',
  });
}

import { NodeSourceFiles } from '#files/node-fs/node-source-files.ts';
import { PosixExtras } from '#files/node-fs/posix-extras.ts';
import { describeSourceFiles } from '#test/suites/source-files-suite.ts';

describeSourceFiles(
  'node:fs, without attributes, long paths and quiet access',
  () => new NodeSourceFiles(new PosixExtras()),
  {
    attributes: false,
    longPaths: false,
    keepsAccessTime: false,
  },
);

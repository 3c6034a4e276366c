import { NodeTargetFiles } from '#files/node-fs/node-target-files.ts';
import { PosixExtras } from '#files/node-fs/posix-extras.ts';
import { describeTargetFiles } from '#test/suites/target-files-suite.ts';

describeTargetFiles(
  'node:fs, without attributes, nodes, long paths and exact times',
  () => new NodeTargetFiles(new PosixExtras()),
  {
    attributes: false,
    nodes: false,
    longPaths: false,
    exactTimes: false,
  },
);

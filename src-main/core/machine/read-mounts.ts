/** What is mounted, to see a drive come or go. */
import type { MachineFiles } from './machine-files.ts';

/** Fields of a line: id, parent, device, root, mount point, ... Source: man 5 proc, "mountinfo". */
const DEVICE = 2;
const MOUNT_POINT = 4;

/** One line per mount, sorted; undefined where the system does not say. */
export function readMounts(files: MachineFiles): readonly string[] | undefined {
  return files
    .read('proc/self/mountinfo')
    ?.split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length > MOUNT_POINT)
    .map((fields) => `${fields[DEVICE]} ${fields[MOUNT_POINT]}`)
    .toSorted();
}

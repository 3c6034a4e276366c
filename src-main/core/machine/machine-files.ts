/** Files in which the kernel tells about the machine; below a folder of their own, so that tests can make them up. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface MachineFiles {
  /** Undefined where there is none, or it cannot be read. */
  read(file: string): string | undefined;
  /** Empty where there is none. */
  list(folder: string): readonly string[];
}

export function machineFiles(root = '/'): MachineFiles {
  return {
    read(file) {
      try {
        return readFileSync(path.join(root, file), 'utf8');
      } catch {
        return undefined;
      }
    },
    list(folder) {
      try {
        return readdirSync(path.join(root, folder));
      } catch {
        return [];
      }
    },
  };
}

/** Picks the adapters of this system for the person's own files. One instance per thread; they keep buffers and handles. */
import { LinuxSourceFiles } from '#files/linux/linux-source-files.ts';
import { LinuxTargetFiles } from '#files/linux/linux-target-files.ts';
import { MacosExtras } from '#files/macos/macos-extras.ts';
import { NodeSourceFiles } from '#files/node-fs/node-source-files.ts';
import { NodeTargetFiles } from '#files/node-fs/node-target-files.ts';
import { PosixExtras } from '#files/node-fs/posix-extras.ts';
import type { SystemExtras } from '#files/node-fs/system-extras.ts';
import type { SourceFiles, TargetFiles } from '#files/port.ts';
import { WindowsExtras } from '#files/windows/windows-extras.ts';

export function createSourceFiles(): SourceFiles {
  return process.platform === 'linux' ? new LinuxSourceFiles() : new NodeSourceFiles(systemExtras());
}

export function createTargetFiles(): TargetFiles {
  return process.platform === 'linux' ? new LinuxTargetFiles() : new NodeTargetFiles(systemExtras());
}

function systemExtras(): SystemExtras {
  switch (process.platform) {
    case 'win32':
      return new WindowsExtras();
    case 'darwin':
      return new MacosExtras();
    default:
      return new PosixExtras();
  }
}

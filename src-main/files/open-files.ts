/** Picks the adapters of this system for the person's own files. One instance per thread; they keep buffers and handles. */
import { LinuxSourceFiles } from '#files/linux/linux-source-files.ts';
import { LinuxTargetFiles } from '#files/linux/linux-target-files.ts';
import type { SourceFiles, TargetFiles } from '#files/port.ts';

export function createSourceFiles(): SourceFiles {
  return new LinuxSourceFiles();
}

export function createTargetFiles(): TargetFiles {
  return new LinuxTargetFiles();
}

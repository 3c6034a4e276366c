/** The mount table of Linux, read. Source: man 5 proc, "mountinfo". */
import type { MachineFiles } from './machine-files.ts';

export interface MountLine {
  readonly point: string;
  readonly type: string;
  readonly source: string;
}

/** Empty on other systems. */
export function readMountLines(files: MachineFiles): MountLine[] {
  return (files.read('proc/self/mountinfo') ?? '').split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    const point = before?.split(' ')[4];
    const [type, source] = (after ?? '').split(' ');
    if (point === undefined || type === undefined || source === undefined) return [];
    return [{ point: unescape(point), type, source: unescape(source) }];
  });
}

/** The bytes of UTF-8 come as they are, but blanks and the like as octal numbers. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** What the folder lies on. */
export function mountAbove(lines: readonly MountLine[], folder: string): MountLine | undefined {
  let found: MountLine | undefined;
  for (const line of lines) {
    const isAbove = line.point === '/' || folder === line.point || folder.startsWith(`${line.point}/`);
    if (isAbove && line.point.length >= (found?.point.length ?? 0)) found = line;
  }
  return found;
}

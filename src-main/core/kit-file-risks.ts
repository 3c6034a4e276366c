/**
 * Whether a file is a good place for the page that opens the copies: not in what is copied, not beside the copies, not on a disk
 * that goes with what is protected.
 */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { KIT_FILE_RISKS } from '#contract/app/kit-file-calls.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';

export interface KitSurroundings {
  readonly platform: string;
  /** Absolute. */
  readonly home: string;
  readonly protectedFolders: readonly string[];
  readonly places: readonly { readonly name: string; readonly location: string }[];
  /** What a folder lies on. */
  disksUnder(folder: string): Promise<ReadonlySet<string>>;
}

export interface KitRisk {
  readonly kind: (typeof KIT_FILE_RISKS)[number];
  readonly name: string;
}

/** The worst first. @param file absolute; need not be there yet */
export async function kitFileRisks(file: string, around: KitSurroundings): Promise<KitRisk[]> {
  const { platform, home, protectedFolders, places, disksUnder } = around;
  const folder = await realPathOf(path.dirname(file));
  const isIn = async (other: string): Promise<boolean> =>
    isWithin(await realPathOf(other), folder, platform) || isWithin(other, path.dirname(file), platform);
  const risks: KitRisk[] = [];
  for (const { name, location } of places) {
    const local = localPath(location);
    if (local !== undefined && (await isIn(local))) risks.push({ kind: 'backupPlace', name });
  }
  for (const each of protectedFolders)
    if (await isIn(each)) risks.push({ kind: 'protectedFolder', name: path.basename(each) || each });
  const own = await disksUnder(folder);
  for (const each of [home, ...protectedFolders]) {
    const disks = await disksUnder(await realPathOf(each));
    if (![...disks].some((disk) => own.has(disk))) continue;
    risks.push({ kind: 'sameDisk', name: '' });
    break;
  }
  return risks;
}

/** Undefined: it is behind a network. */
function localPath(location: string): string | undefined {
  try {
    const parsed = parseLocation(location);
    return parsed.kind === 'local' ? parsed.path : undefined;
  } catch {
    return undefined;
  }
}

/** Neither is told apart by large and small letters on macOS and Windows. */
function isWithin(folder: string, file: string, platform: string): boolean {
  const fold = (text: string): string =>
    platform === 'linux' ? text : text.normalize('NFC').toLocaleLowerCase('en');
  const below = path.relative(fold(folder), fold(file));
  return below === '' || (below.split(path.sep)[0] !== '..' && !path.isAbsolute(below));
}

/** As it is, where it is away. */
async function realPathOf(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

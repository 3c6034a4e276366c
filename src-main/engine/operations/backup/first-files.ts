/**
 * What is saved first of folders that are much: small files of the kinds that people write themselves, the newest first, so
 * few that they are in the place within a minute. Looks around for a few seconds and reads nothing. Source: product notes, 3.
 */
import type { ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { FileStat, SourceFiles } from '#files/port.ts';
import { createScanFilter, type ScanFilter } from '#pipeline/scan-filter.ts';
import type { ScanSettings } from '#pipeline/scan-settings.ts';

/** What a slow line (1 Mbit/s) carries in half a minute. */
const MOST_BYTES = 4_000_000;
const LARGEST_BYTES = 1_000_000;
const MOST_FILES = 200;
/** Held while looking. */
const MOST_CANDIDATES = 5_000;
/** Less than that is saved as a whole about as soon. */
const MUCH_BYTES = 64_000_000;
const MANY_FILES = 5_000;
const LOOK_MS = 3_000;

/** As the names of files that people make themselves end; what programs leave behind can wait. */
const OWN_KINDS =
  /\.(docx?|odt|rtf|pages|pdf|xlsx?|ods|numbers|csv|pptx?|odp|key|txt|md|tex|jpe?g|png|heic|kdbx?|gpg)$/i;

export interface FirstFiles {
  /** Absolute; none where nothing is worth it. */
  readonly paths: readonly ByteString[];
  /** The folders are so much that the first version takes long. */
  readonly isMuch: boolean;
}

interface Candidate {
  readonly path: ByteString;
  readonly sizeBytes: number;
  readonly mtimeSec: number;
}

/**
 * @param sources absolute; what cannot be looked at is passed over
 * @throws job.cancelled
 */
export async function findFirstFiles(
  files: SourceFiles,
  sources: readonly ByteString[],
  settings: ScanSettings,
  monotonicMs: () => number,
  signal?: AbortSignal,
): Promise<FirstFiles> {
  const filter = createScanFilter(settings, files);
  const untilMs = monotonicMs() + LOOK_MS;
  let candidates: Candidate[] = [];
  const folders: ByteString[] = [];
  let count = 0;
  let bytes = 0;

  const take = (path: ByteString, stat: FileStat): void => {
    if (stat.kind === 'dir' && !filter.isOtherFileSystem(stat)) folders.push(path);
    if (stat.kind !== 'file') return;
    count++;
    bytes += stat.sizeBytes;
    const { sizeBytes, mtimeSec } = stat;
    if (sizeBytes === 0 || sizeBytes > LARGEST_BYTES || !OWN_KINDS.test(path)) return;
    candidates.push({ path, sizeBytes, mtimeSec });
    if (candidates.length > MOST_CANDIDATES) candidates = newestFirst(candidates).slice(0, 2 * MOST_FILES);
  };
  for (const path of sources) {
    const stat = statOf(files, path);
    if (stat !== undefined) take(path, stat);
  }
  // Level by level: what lies deep is rarely what is missed most.
  for (let at = 0; at < folders.length; at++) {
    await new Promise((resolve) => void setImmediate(resolve));
    throwIfCancelled(signal);
    for (const path of entriesOf(files, filter, folders[at]!)) {
      if (monotonicMs() > untilMs) return { paths: choose(candidates), isMuch: true };
      const stat = statOf(files, path);
      if (stat !== undefined && !filter.isExcluded(stat)) take(path, stat);
    }
  }
  return { paths: choose(candidates), isMuch: bytes > MUCH_BYTES || count > MANY_FILES };
}

function statOf(files: SourceFiles, path: ByteString): FileStat | undefined {
  try {
    return files.stat(path);
  } catch {
    return undefined;
  }
}

function entriesOf(files: SourceFiles, filter: ScanFilter, folder: ByteString): ByteString[] {
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  let names: ByteString[];
  try {
    names = filter.keptNames(folder, files.list(folder));
  } catch {
    return [];
  }
  return names
    .map((name) => `${prefix}${name}` as ByteString)
    .filter((path) => !filter.isExcludedByName(path));
}

function newestFirst(candidates: Candidate[]): Candidate[] {
  return candidates.sort((a, b) => b.mtimeSec - a.mtimeSec);
}

/** As long as there is room. */
function choose(candidates: Candidate[]): ByteString[] {
  const chosen: ByteString[] = [];
  let leftBytes = MOST_BYTES;
  for (const { path, sizeBytes } of newestFirst(candidates)) {
    if (chosen.length === MOST_FILES) break;
    if (sizeBytes > leftBytes) continue;
    leftBytes -= sizeBytes;
    chosen.push(path);
  }
  return chosen;
}

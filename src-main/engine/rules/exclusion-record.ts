/**
 * What a snapshot tells of what was left out of it, in its list `excludes`. Patterns stand there as restic writes them. The
 * other rules, which restic does not record, follow in the words of the options that ask for them, so that one can tell
 * later whether two snapshots were made under the same rules; to restic, which only shows the list, they are patterns too.
 */
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import type { PatternOptions } from './exclude-rules.ts';
import { CACHE_FOLDER_TAG, parseFolderTag, type FolderTag } from './tagged-exclude.ts';

export interface ExclusionRules {
  readonly exclude: PatternOptions;
  readonly folderTags: readonly FolderTag[];
  readonly excludeLargerThanBytes: number | undefined;
  readonly oneFileSystem: boolean;
}

const IGNORING_CASE = '--iexclude=';
const CACHES = '--exclude-caches';
const IF_PRESENT = '--exclude-if-present=';
const LARGER_THAN = '--exclude-larger-than=';
const ONE_FILE_SYSTEM = '--one-file-system';

export function recordExclusions(rules: ExclusionRules): string[] {
  const { exclude, folderTags, excludeLargerThanBytes, oneFileSystem } = rules;
  return [
    ...exclude.patterns.map(toDisplay),
    ...(exclude.ignoreCasePatterns ?? []).map((pattern) => IGNORING_CASE + toDisplay(pattern)),
    ...folderTags.map(recordTag),
    ...(excludeLargerThanBytes === undefined ? [] : [LARGER_THAN + String(excludeLargerThanBytes)]),
    ...(oneFileSystem ? [ONE_FILE_SYSTEM] : []),
  ];
}

function recordTag({ fileName, header }: FolderTag): string {
  if (fileName === CACHE_FOLDER_TAG.fileName && header === CACHE_FOLDER_TAG.header) return CACHES;
  return IF_PRESENT + toDisplay((header === '' ? fileName : `${fileName}:${header}`) as ByteString);
}

/** The rules that go by names. Of a snapshot of restic's, all are patterns. @throws request.invalidInput as `parseFolderTag` */
export function parseExclusions(recorded: readonly string[]): Pick<ExclusionRules, 'exclude' | 'folderTags'> {
  const patterns: ByteString[] = [];
  const ignoreCasePatterns: ByteString[] = [];
  const folderTags: FolderTag[] = [];
  for (const text of recorded) {
    if (text.startsWith(IGNORING_CASE)) ignoreCasePatterns.push(rest(text, IGNORING_CASE));
    else if (text.startsWith(IF_PRESENT)) folderTags.push(parseFolderTag(rest(text, IF_PRESENT)));
    else if (text === CACHES) folderTags.push(CACHE_FOLDER_TAG);
    else if (!text.startsWith(LARGER_THAN) && text !== ONE_FILE_SYSTEM) patterns.push(textToByteString(text));
  }
  return { exclude: { patterns, ignoreCasePatterns }, folderTags };
}

function rest(text: string, beginning: string): ByteString {
  return textToByteString(text.slice(beginning.length));
}

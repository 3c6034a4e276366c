/**
 * What `--files-from` and its two kin name: files with lists of files and folders to save. Owns reading,
 * taking apart and what is not there any more; lists grow old, so that is no mistake. Names stay bytes. Source: restic's backup.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { byteStringToBytes, bytesToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { decodeTextFile, splitLines, trimSpace } from '#base/text-file.ts';
import { compileNameGlob } from '#rules/name-glob.ts';
import { asText, collect } from './option-values.ts';

export interface SourceListFlags {
  readonly filesFrom?: string[];
  readonly filesFromVerbatim?: string[];
  readonly filesFromRaw?: string[];
}

export function defineSourceLists(command: Command): Command {
  return command
    .option('--files-from <file>', 'save what the lines of this file name, * and ? allowed', collect)
    .option('--files-from-verbatim <file>', 'the same, each line exactly one name', collect)
    .option(
      '--files-from-raw <file>',
      'the same, names end with a zero byte, as find -print0 writes',
      collect,
    );
}

export interface SourceLists {
  /** In the order of the options. */
  readonly sources: readonly ByteString[];
  /** Names and patterns that stand for nothing on this disk. */
  readonly missing: readonly ByteString[];
}

/** `-` is standard input. @throws request.invalidInput */
export function readSourceLists({
  filesFrom = [],
  filesFromVerbatim = [],
  filesFromRaw = [],
}: SourceListFlags): SourceLists {
  const sources: ByteString[] = [];
  const missing: ByteString[] = [];
  for (const file of filesFrom) {
    for (const line of splitLines(decodeTextFile(readList(file)))) {
      const pattern = trimSpace(line);
      if (pattern === '' || pattern.startsWith('#')) continue;
      const matches = expandPattern(pattern);
      if (matches.length === 0) missing.push(pattern);
      for (const match of matches) sources.push(match);
    }
  }
  const names = [
    ...filesFromVerbatim.map((file) =>
      splitLines(decodeTextFile(readList(file))).filter((line) => line !== ''),
    ),
    ...filesFromRaw.map((file) => splitRaw(file, bytesToByteString(readList(file)))),
  ];
  for (const name of names.flat()) (isThere(name) ? sources : missing).push(name);
  return { sources, missing };
}

function readList(file: string): Uint8Array {
  try {
    return readFileSync(file === '-' ? 0 : Buffer.from(file, 'latin1'));
  } catch (error) {
    throw new TidemarkError(
      'request.invalidInput',
      {
        what: `the list of files ${asText(file)} cannot be read`,
        reason: 'check its path and that you may read it',
      },
      { cause: error },
    );
  }
}

function splitRaw(file: string, content: ByteString): ByteString[] {
  if (content === '') return [];
  const names = content.split('\0') as ByteString[];
  if (names.pop() === '' && !names.includes('' as ByteString)) return names;
  throw new TidemarkError('request.invalidInput', {
    what: `the list of files ${asText(file)}`,
    reason: 'every name must end with one zero byte, and none may be empty',
  });
}

const HAS_WILDCARD = /[*?[\\]/;

/** Names with dots at their beginning match too. Nothing for a name without wildcards that is not there. */
function expandPattern(pattern: ByteString): ByteString[] {
  // Of an absolute pattern the first part is empty.
  let found: string[] = [''];
  for (const [i, part] of pattern.split('/').entries()) {
    found = found.flatMap((folder) => {
      const prefix = i === 0 ? '' : `${folder}/`;
      if (!HAS_WILDCARD.test(part)) return [prefix + part];
      const glob = compileNameGlob(part, process.platform !== 'win32');
      if (glob === undefined) throw malformed(pattern);
      const names = namesIn(prefix === '' ? '.' : prefix).filter((name) => glob.test(name));
      return names.sort().map((name) => prefix + name);
    });
  }
  return (found as ByteString[]).filter(isThere);
}

function malformed(pattern: ByteString): TidemarkError {
  return new TidemarkError('request.invalidInput', {
    what: `the pattern ${toDisplay(pattern)}`,
    reason: 'a [ must be closed and not empty, and a \\ must be followed by a character',
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(byteStringToBytes(folder as ByteString), 'buffer').map((name) =>
      bytesToByteString(name),
    );
  } catch {
    return [];
  }
}

/** Links that lead nowhere are there too. */
function isThere(path: ByteString): boolean {
  try {
    lstatSync(byteStringToBytes(path));
    return true;
  } catch {
    return false;
  }
}

/**
 * Options that name patterns, or files of them, for backup and restore; order as in restic: given ones, then files.
 * Patterns stay bytes. Judges them at once, so that a mistake is told before anything is opened.
 */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { parseExcludeFile, type Environment } from '#rules/exclude-file.ts';
import { createExcludeFilter, type PatternOptions } from '#rules/exclude-rules.ts';
import { asText, collect } from './option-values.ts';

type Verb = 'exclude' | 'include';

export type PatternFlags = Partial<
  Record<'exclude' | 'iexclude' | 'excludeFile' | 'iexcludeFile', string[]> &
    Record<'include' | 'iinclude' | 'includeFile' | 'iincludeFile', string[]>
>;

export function definePatternOptions(command: Command, verb: Verb): Command {
  return command
    .option(`-${verb[0]}, --${verb} <pattern>`, `${verb} what matches (repeatable)`, collect)
    .option(`--i${verb} <pattern>`, `the same, ignoring case`, collect)
    .option(`--${verb}-file <file>`, `${verb} what matches a pattern in the file (repeatable)`, collect)
    .option(`--i${verb}-file <file>`, `the same, ignoring case`, collect);
}

/** Undefined when no pattern was given. @throws request.invalidInput */
export async function readPatterns(
  flags: PatternFlags,
  verb: Verb,
  environment: Environment,
): Promise<PatternOptions | undefined> {
  const read = async (given: string[] = [], files: string[] = []): Promise<ByteString[]> => [
    ...(given as ByteString[]),
    ...(await Promise.all(files.map((file) => readPatternFile(file, environment)))).flat(),
  ];
  const options = {
    patterns: await read(flags[verb], flags[`${verb}File`]),
    ignoreCasePatterns: await read(flags[`i${verb}`], flags[`i${verb}File`]),
    style: process.platform === 'win32' ? ('windows' as const) : ('posix' as const),
  };
  return createExcludeFilter(options).isEmpty ? undefined : options;
}

async function readPatternFile(file: string, environment: Environment): Promise<ByteString[]> {
  try {
    return parseExcludeFile(await readFile(Buffer.from(file, 'latin1')), environment);
  } catch (error) {
    throw new TidemarkError(
      'request.invalidInput',
      {
        what: `the pattern file ${asText(file)} cannot be read`,
        reason: 'check its path and that you may read it',
      },
      { cause: error },
    );
  }
}

/**
 * Options every command takes, before or after its name, and the environment variables behind them.
 * An option on the command line wins over the environment. Reads no file and no password.
 */
import { TidemarkError } from '#base/errors.ts';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { parsePlaceSettings, type PlaceSettings } from '#storage/locations/place-settings.ts';
import { profileFolder, type Environment } from '#core/profile-folder.ts';
import type { Command } from 'commander';
import { asTexts, collect } from './option-values.ts';

export interface GlobalOptions {
  readonly repo?: string;
  /** Further ones, for commands that take several. */
  readonly moreRepos: readonly string[];
  readonly repositoryFile?: string;
  readonly passwordFile?: string;
  /** Of `moreRepos`, in their order; none: they have the same password. */
  readonly morePasswordFiles: readonly string[];
  readonly passwordCommand?: string;
  readonly insecureNoPassword: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbosity: number;
  readonly noLock: boolean;
  readonly noCache: boolean;
  /** Bytes a second; undefined: none is given. */
  readonly limits: { readonly up?: number; readonly down?: number } | undefined;
  /** Undefined: none is given. */
  readonly settings: PlaceSettings | undefined;
  /** Absolute. */
  readonly profile: string;
}

/** Adds the options to the program. */
export function defineGlobalOptions(program: Command): void {
  program
    .option(
      '-r, --repo <repository>',
      'where the repository is (TIDEMARK_REPOSITORY); init and backup take several',
      collect,
    )
    .option('--repository-file <file>', 'file that says where the repository is (TIDEMARK_REPOSITORY_FILE)')
    .option(
      '-p, --password-file <file>',
      'file with the password (TIDEMARK_PASSWORD_FILE); of several repositories one for all, or one each',
      collect,
    )
    .option('--password-command <command>', 'program that prints the password (TIDEMARK_PASSWORD_COMMAND)')
    .option('--insecure-no-password', 'the repository has an empty password')
    .option('--profile <folder>', 'where plans and settings are (TIDEMARK_PROFILE)')
    .option('--json', 'print JSON messages, as restic does')
    .option('-q, --quiet', 'print only errors')
    .option('-v, --verbose', 'print more; twice for every file', (_value, count: number) => count + 1, 0)
    .option('--no-lock', 'read without a lock')
    .option('--no-cache', 'ask far places for everything anew; keep nothing of them nearby')
    .option('--limit-upload <rate>', 'send at most so many KiB a second to a repository')
    .option('--limit-download <rate>', 'fetch at most so many KiB a second from a repository')
    .option(
      '-o, --option <name=value>',
      'set a property of a kind of place, as restic does (repeatable)',
      collect,
    );
}

/** Options of the program that take a value in the next argument; needed to find the command's name. */
export const GLOBAL_OPTIONS_WITH_VALUE: ReadonlySet<string> = new Set([
  '-r',
  '--repo',
  '--repository-file',
  '-p',
  '--password-file',
  '--password-command',
  '--profile',
  '--limit-upload',
  '--limit-download',
  '-o',
  '--option',
]);

/** @throws request.invalidInput for options that exclude each other. */
export function readGlobalOptions(program: Command, environment: Environment): GlobalOptions {
  const given = program.opts<Record<string, unknown>>();
  const text = (name: string): string | undefined => {
    const value = given[name];
    return typeof value === 'string' ? toDisplay(value as ByteString) : undefined;
  };
  const [repo, ...moreRepos] = asTexts(given['repo'] as string[] | undefined);
  const [passwordFile, ...morePasswordFiles] = asTexts(given['passwordFile'] as string[] | undefined);
  const repository = exclusive(
    { option: '--repo', value: repo, variable: 'TIDEMARK_REPOSITORY' },
    { option: '--repository-file', value: text('repositoryFile'), variable: 'TIDEMARK_REPOSITORY_FILE' },
    environment,
  );
  const password = exclusive(
    { option: '--password-file', value: passwordFile, variable: 'TIDEMARK_PASSWORD_FILE' },
    { option: '--password-command', value: text('passwordCommand'), variable: 'TIDEMARK_PASSWORD_COMMAND' },
    environment,
  );
  return {
    ...(repository.first === undefined ? {} : { repo: repository.first }),
    ...(repository.second === undefined ? {} : { repositoryFile: repository.second }),
    ...(password.first === undefined ? {} : { passwordFile: password.first }),
    ...(password.second === undefined ? {} : { passwordCommand: password.second }),
    moreRepos,
    morePasswordFiles,
    insecureNoPassword: given['insecureNoPassword'] === true,
    json: given['json'] === true,
    quiet: given['quiet'] === true,
    verbosity: given['quiet'] === true ? 0 : Math.min(2, Number(given['verbose'] ?? 0)),
    noLock: given['lock'] === false,
    noCache: given['cache'] === false,
    limits: readLimits(text('limitUpload'), text('limitDownload')),
    settings:
      given['option'] === undefined ? undefined : parsePlaceSettings(asTexts(given['option'] as string[])),
    profile: profileFolder(environment, text('profile')),
  };
}

/** Restic's: 0 is no limit. @throws request.invalidInput */
function readLimits(upload: string | undefined, download: string | undefined): GlobalOptions['limits'] {
  const up = readRate('--limit-upload', upload);
  const down = readRate('--limit-download', download);
  if (up === undefined && down === undefined) return undefined;
  return { ...(up === undefined ? {} : { up }), ...(down === undefined ? {} : { down }) };
}

function readRate(option: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '0') return undefined;
  if (/^[1-9]\d{0,9}$/.test(value)) return Number(value) * 1024;
  throw new TidemarkError('request.invalidInput', {
    what: `${option} ${value}`,
    reason: 'give a number of KiB a second',
  });
}

interface Source {
  readonly option: string;
  readonly value: string | undefined;
  readonly variable: string;
}

/** Of two options at most one may count; the command line wins over the environment. @throws request.invalidInput */
export function exclusive(first: Source, second: Source, environment: Environment) {
  const isGiven = first.value !== undefined || second.value !== undefined;
  const pick = (source: Source): string | undefined =>
    isGiven ? source.value : environment[source.variable] || undefined;
  const picked = { first: pick(first), second: pick(second) };
  if (picked.first !== undefined && picked.second !== undefined) {
    const [a, b] = isGiven ? [first.option, second.option] : [first.variable, second.variable];
    throw new TidemarkError('request.invalidInput', {
      what: `both ${a} and ${b} are given`,
      reason: 'use one of them',
    });
  }
  return picked;
}

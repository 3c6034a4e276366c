/**
 * What a command's own code is given: options, output, the signal, the password when it is needed, the engine when it
 * is needed. Nothing is read, asked or loaded before a command asks for it.
 */
import { readFile } from 'node:fs/promises';
import { toDisplay } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { decodeTextFile, trimSpace } from '#base/text-file.ts';
import type { ExitCode } from '#contract/exit-codes.ts';
import type { CliHost } from './cli-host.ts';
import type { CallContext, PlaceUse, RepositoryAccess } from './calls/access.ts';
import type { EngineCalls } from './engine-calls.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Output } from './output.ts';
import { readPassword } from './password.ts';

export interface CommandSession {
  readonly host: CliHost;
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly context: CallContext;
  /** The repository's place. @throws request.invalidInput when none is named, or several are */
  location(): Promise<string>;
  /** Place and password; asks once. */
  access(): Promise<RepositoryAccess>;
  /** For commands that take several places: all that are named, in their order. `isNew`: asks for the password twice. */
  accesses(isNew?: boolean): Promise<readonly [RepositoryAccess, ...RepositoryAccess[]]>;
  engine(): Promise<EngineCalls>;
}

/** A command's work; ends with the exit code, 0 when it returns nothing. */
export type CommandWork = (session: CommandSession) => Promise<ExitCode | void>;

/** Hands a command's work to the frame that handles errors, signals and output. */
export type RunCommand = (work: CommandWork) => Promise<void>;

export function createSession(
  host: CliHost,
  options: GlobalOptions,
  output: Output,
  signal: AbortSignal,
): CommandSession {
  const location = (): Promise<string> => {
    if (options.moreRepos.length === 0) return findLocation(options);
    throw new TidemarkError('request.invalidInput', {
      what: 'several repositories are named',
      reason: 'only "backup" and "init" take several; name one',
    });
  };
  return {
    host,
    options,
    output,
    context: { signal },
    location,
    engine: () => host.loadEngine(),
    access: async () => ({
      location: await location(),
      password: await readPassword(host, options, signal),
      noLock: options.noLock,
      ...placeUse(options),
    }),
    accesses: (isNew) => readAccesses(host, options, signal, isNew),
  };
}

export function placeUse({ noCache, limits, settings }: GlobalOptions): PlaceUse {
  return {
    ...(noCache ? { noCache } : {}),
    ...(limits === undefined ? {} : { limits }),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** A password file each, or one password for all. @throws request.invalidInput, repository.noPassword */
async function readAccesses(
  host: CliHost,
  options: GlobalOptions,
  signal: AbortSignal,
  isNew: boolean | undefined,
): Promise<readonly [RepositoryAccess, ...RepositoryAccess[]]> {
  const { moreRepos, morePasswordFiles, noLock } = options;
  const choice = placeUse(options);
  if (morePasswordFiles.length > 0 && morePasswordFiles.length !== moreRepos.length) {
    throw new TidemarkError('request.invalidInput', {
      what: `${moreRepos.length + 1} repositories and ${morePasswordFiles.length + 1} password files are named`,
      reason: 'give one password file for all, or one for each in the same order',
    });
  }
  const location = await findLocation(options);
  const password = await readPassword(host, options, signal, isNew);
  const first = { location, password, noLock, ...choice };
  const others: RepositoryAccess[] = [];
  for (const [index, repo] of moreRepos.entries()) {
    const passwordFile = morePasswordFiles[index];
    const own =
      passwordFile === undefined ? password : await readPassword(host, { ...options, passwordFile }, signal);
    others.push({ location: repo, password: own, noLock, ...choice });
  }
  return [first, ...others];
}

/** @throws request.invalidInput */
export async function findLocation(options: Pick<GlobalOptions, 'repo' | 'repositoryFile'>): Promise<string> {
  if (options.repo !== undefined && options.repo !== '') return options.repo;
  if (options.repositoryFile === undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: 'no repository is named',
      reason: 'name it with --repo or TIDEMARK_REPOSITORY',
    });
  }
  let content: Uint8Array;
  try {
    content = await readFile(options.repositoryFile);
  } catch (error) {
    throw new TidemarkError(
      'request.invalidInput',
      {
        what: `the repository file ${options.repositoryFile} cannot be read`,
        reason: 'check its path and that you may read it',
      },
      { cause: error },
    );
  }
  return toDisplay(trimSpace(decodeTextFile(content)));
}

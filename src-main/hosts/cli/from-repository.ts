/**
 * The options of commands that also read from a second repository: where it is and its password, with restic's names. It is
 * never written to but for a lock.
 */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import type { RepositoryAccess } from './calls/access.ts';
import { placeUse, findLocation, type CommandSession } from './command-session.ts';
import { exclusive } from './global-options.ts';
import { asText } from './option-values.ts';
import { readSourcePassword } from './password.ts';

export interface FromFlags {
  readonly fromRepo?: string;
  readonly fromRepositoryFile?: string;
  readonly fromPasswordFile?: string;
  readonly fromPasswordCommand?: string;
  readonly fromInsecureNoPassword?: boolean;
}

/** `what` the second repository is for, as the end of a line of help. */
export function defineFromOptions(command: Command, what: string): Command {
  return command
    .option('--from-repo <repository>', `repository ${what} (TIDEMARK_FROM_REPOSITORY)`)
    .option(
      '--from-repository-file <file>',
      'file that says where that repository is (TIDEMARK_FROM_REPOSITORY_FILE)',
    )
    .option('--from-password-file <file>', 'file with its password (TIDEMARK_FROM_PASSWORD_FILE)')
    .option(
      '--from-password-command <command>',
      'program that prints its password (TIDEMARK_FROM_PASSWORD_COMMAND)',
    )
    .option('--from-insecure-no-password', 'it has an empty password');
}

/** Is a second repository named on the command line? Where it may be left out, the environment alone does not count. */
export function namesSource(flags: FromFlags): boolean {
  return flags.fromRepo !== undefined || flags.fromRepositoryFile !== undefined;
}

/** @throws request.invalidInput when none is named */
export async function readSourceAccess(
  { host, options, context }: CommandSession,
  flags: FromFlags,
): Promise<RepositoryAccess> {
  const text = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : asText(value);
  const place = exclusive(
    { option: '--from-repo', value: text(flags.fromRepo), variable: 'TIDEMARK_FROM_REPOSITORY' },
    {
      option: '--from-repository-file',
      value: text(flags.fromRepositoryFile),
      variable: 'TIDEMARK_FROM_REPOSITORY_FILE',
    },
    host.env,
  );
  if (place.first === undefined && place.second === undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: 'no source repository is named',
      reason: 'name it with --from-repo or TIDEMARK_FROM_REPOSITORY',
    });
  }
  const password = exclusive(
    {
      option: '--from-password-file',
      value: text(flags.fromPasswordFile),
      variable: 'TIDEMARK_FROM_PASSWORD_FILE',
    },
    {
      option: '--from-password-command',
      value: text(flags.fromPasswordCommand),
      variable: 'TIDEMARK_FROM_PASSWORD_COMMAND',
    },
    host.env,
  );
  return {
    location: await findLocation({
      ...(place.first === undefined ? {} : { repo: place.first }),
      ...(place.second === undefined ? {} : { repositoryFile: place.second }),
    }),
    password: await readSourcePassword(
      host,
      {
        ...(password.first === undefined ? {} : { passwordFile: password.first }),
        ...(password.second === undefined ? {} : { passwordCommand: password.second }),
        insecureNoPassword: flags.fromInsecureNoPassword === true,
      },
      context.signal,
    ),
    noLock: options.noLock,
    ...placeUse(options),
  };
}

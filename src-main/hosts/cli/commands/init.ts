/** `tidemark init`: a new repository with its first password. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import type { RepositoryAccess } from '../calls/access.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { defineFromOptions, namesSource, readSourceAccess, type FromFlags } from '../from-repository.ts';
import { asChoice, example } from '../option-values.ts';

interface InitFlags extends FromFlags {
  readonly repositoryVersion: string;
  readonly copyChunkerParams?: boolean;
}

export function defineInit(command: Command, run: RunCommand): void {
  defineFromOptions(command, 'to take the chunker parameters from')
    .option('--copy-chunker-params', 'cut files as that repository does, so that copies share data with it')
    .option('--repository-version <version>', 'format version: 1, 2, latest or stable', 'stable')
    .addHelpText('after', example('tidemark init -r /mnt/backup'))
    .action((flags: InitFlags) =>
      run(async (session) => {
        const { output, context, engine } = session;
        const version = asChoice('--repository-version', flags.repositoryVersion, [
          '1',
          '2',
          'latest',
          'stable',
        ]);
        const accesses = await session.accesses(true);
        let chunkerFrom = await readChunkerSource(session, flags);
        const calls = await engine();
        for (const access of accesses) {
          const made = await calls.init(
            {
              place: access,
              version: version === '1' ? 1 : 2,
              ...(chunkerFrom === undefined ? {} : { chunkerFrom }),
            },
            context,
          );
          // All of them cut files alike, so that what is copied between them is stored once.
          chunkerFrom ??= access;
          output.json({ message_type: 'initialized', id: made.id, repository: made.location });
          output.say(`Made repository ${made.id.slice(0, 10)} at ${made.location}.`);
        }
        output.say('Keep the password safe: without it nothing in the repository can be read, by anybody.');
      }),
    );
}

async function readChunkerSource(
  session: CommandSession,
  flags: InitFlags,
): Promise<RepositoryAccess | undefined> {
  if (flags.copyChunkerParams === true) return readSourceAccess(session, flags);
  if (!namesSource(flags)) return undefined;
  throw new TidemarkError('request.invalidInput', {
    what: 'a second repository is named, but not what to take from it',
    reason: 'add --copy-chunker-params, or leave it out',
  });
}

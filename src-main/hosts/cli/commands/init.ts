/** `tidemark init`: a new repository with its first password. */
import type { Command } from 'commander';
import type { RunCommand } from '../command-session.ts';
import { asChoice, example } from '../option-values.ts';
import { readPassword } from '../password.ts';

export function defineInit(command: Command, run: RunCommand): void {
  command
    .option('--repository-version <version>', 'format version: 1, 2, latest or stable', 'stable')
    .addHelpText('after', example('tidemark init -r /mnt/backup'))
    .action((flags: { repositoryVersion: string }) =>
      run(async ({ host, options, output, context, location, engine }) => {
        const version = asChoice('--repository-version', flags.repositoryVersion, [
          '1',
          '2',
          'latest',
          'stable',
        ]);
        const place = await location();
        const password = await readPassword(host, options, context.signal, true);
        const calls = await engine();
        const made = await calls.init(
          { location: place, password, version: version === '1' ? 1 : 2 },
          context,
        );
        output.json({ message_type: 'initialized', id: made.id, repository: made.location });
        output.say(`Made repository ${made.id.slice(0, 10)} at ${made.location}.`);
        output.say('Keep the password safe: without it nothing in the repository can be read, by anybody.');
      }),
    );
}

/** `tidemark place test`: what is at a place, and what it can do, tried out for real. */
import type { Command } from 'commander';
import { EXIT_DONE, EXIT_FAILED, type ExitCode } from '#contract/exit-codes.ts';
import type { RunCommand } from '../command-session.ts';
import { formatName } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { giveLogin } from '../profile/give-login.ts';
import { placeLocation } from '../profile/place-location.ts';
import { withProfile } from '../profile/profile-connection.ts';
import { hasFailed, trialLines } from '../profile/trial-words.ts';

export function definePlaceTest(command: Command, run: RunCommand): void {
  command
    .argument('<location>', 'a folder or an address; or the name of a place')
    .addHelpText(
      'after',
      `\n${[
        'Writes small files there, reads them back and removes them again; beside a repository, where',
        'nobody looks for one. What cannot be removed, because the place keeps everything, is told.',
      ].join('\n')}\n`,
    )
    .addHelpText('after', example('tidemark place test /media/me/usb/backup'))
    .action((given: string) =>
      run((session) =>
        withProfile(session, async (profile): Promise<ExitCode> => {
          const { output } = session;
          const { calls } = profile;
          const { places } = await calls['mirror.get']({});
          const known = places.find(({ name, id }) => name === asText(given) || id === asText(given));
          const location = known?.location ?? placeLocation(given);
          if (known === undefined) await giveLogin(session, profile, location);
          const { probe, trial } = await calls['places.test'](
            { location },
            { signal: session.context.signal },
          );
          output.json({ message_type: 'place_test', ...probe, trial });
          output.say(`${formatName(probe.location)}: ${PROBES[probe.kind]}`);
          if (probe.reason !== null) output.say(formatName(probe.reason));
          if (!REACHED.has(probe.kind)) return EXIT_FAILED;
          for (const line of trialLines(trial, probe.freeBytes)) output.say(line);
          const isFit = probe.kind === 'empty' || probe.kind === 'repository';
          return isFit && !hasFailed(trial) ? EXIT_DONE : EXIT_FAILED;
        }),
      ),
    );
}

const REACHED: ReadonlySet<string> = new Set(['empty', 'repository', 'otherFiles', 'missing']);

const PROBES = {
  empty: 'empty; "place add" can make a backup place there.',
  repository: 'there is a repository; "place open" uses it.',
  otherFiles: 'there are other files; choose an empty folder.',
  missing: 'there is nothing; "place add" can make it.',
  wrongCredentials: 'does not let you in: check the user name and the password or key.',
  unknownServer:
    'a server that this computer does not know yet. Compare the fingerprint of its key with what its owner says; then put it into TIDEMARK_SFTP_HOST_KEY and try again.',
  unreachable: 'cannot be reached.',
} as const;

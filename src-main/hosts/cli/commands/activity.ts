/** `tidemark activity`: what was done and when, from a log whose entries are chained, so that none can be taken out unseen. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_DONE, EXIT_FAILED, type ExitCode } from '#contract/exit-codes.ts';
import type { RunCommand } from '../command-session.ts';
import { formatCount, formatName } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { encodeJson } from '../output.ts';
import { momentText } from '../profile/moment-text.ts';
import { withProfile } from '../profile/profile-connection.ts';

interface ActivityFlags {
  readonly limit: string;
  readonly verify?: boolean;
}

export function defineActivity(command: Command, run: RunCommand): void {
  command
    .option('--limit <n>', 'the newest n entries', '50')
    .option('--verify', 'check that no entry was changed or taken out')
    .addHelpText('after', example('tidemark activity --limit 10'))
    .action((flags: ActivityFlags) =>
      run((session) =>
        withProfile(session, async ({ calls }): Promise<ExitCode> => {
          const { output } = session;
          if (flags.verify === true) {
            const verdict = await calls['activity.verify']({});
            const { isIntact, number } = verdict;
            output.json({ message_type: 'activity_verified', ...verdict });
            if (isIntact)
              output.say(`All ${formatCount(number, 'entry', 'entries')} are as they were written.`);
            else output.complain(`The log was changed: entry ${number} is not what was written.`);
            return isIntact ? EXIT_DONE : EXIT_FAILED;
          }
          const entries = await calls['activity.list']({ limit: readLimit(flags.limit), before: null });
          if (output.options.json) output.json(entries);
          else {
            for (const { atMs, kind, data } of entries) {
              await output.result(
                `${momentText(atMs)}  ${formatName(kind)}  ${formatName(encodeJson(data))}`.trimEnd(),
              );
            }
          }
          return EXIT_DONE;
        }),
      ),
    );
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= 1_000) return limit;
  throw new TidemarkError('request.invalidInput', {
    what: `--limit ${asText(text)}`,
    reason: 'give a whole number from 1 to 1000',
  });
}

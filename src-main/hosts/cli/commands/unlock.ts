/** `tidemark unlock`: removes locks of programs that are gone. */
import type { Command } from 'commander';
import type { RunCommand } from '../command-session.ts';
import { formatCount } from '../format-values.ts';
import { heldLine, stays } from '../kept-words.ts';
import { example } from '../option-values.ts';

export function defineUnlock(command: Command, run: RunCommand): void {
  command
    .option('--remove-all', 'also locks that look alive; only when you know that nothing is running')
    .addHelpText('after', example('tidemark -r /mnt/backup unlock'))
    .action((flags: { removeAll?: boolean }) =>
      run(async ({ output, context, access, engine }) => {
        const input = { all: flags.removeAll === true };
        const { removed, held, keptUntilMs } = await (await engine()).unlock(await access(), input, context);
        if (removed > 0 || held === 0)
          output.say(
            removed === 0 ? 'There was no lock to remove.' : `Removed ${formatCount(removed, 'lock')}.`,
          );
        if (held > 0) output.say(heldLine(`${formatCount(held, 'lock')} ${stays(held)}`, keptUntilMs));
      }),
    );
}

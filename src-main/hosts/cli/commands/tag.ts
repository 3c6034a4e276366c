/** `tidemark tag`: changes the tags of snapshots. Messages as restic's. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_FAILED } from '#contract/exit-codes.ts';
import type { TagInput } from '../calls/tag.ts';
import type { RunCommand } from '../command-session.ts';
import { formatCount } from '../format-values.ts';
import {
  asTexts,
  collect,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';

interface TagFlags extends FilterFlags {
  readonly set?: string[];
  readonly add?: string[];
  readonly remove?: string[];
}

export function defineTag(command: Command, run: RunCommand): void {
  defineFilterOptions(command.argument('[id...]', 'only these snapshots; an id, its beginning, or latest'))
    .option('--set <tag[,tag]>', 'these tags instead of those there are; "" for none (repeatable)', collect)
    .option('--add <tag[,tag]>', 'these tags as well (repeatable)', collect)
    .option('--remove <tag[,tag]>', 'take these tags off (repeatable)', collect)
    .addHelpText('after', example('tidemark -r /mnt/backup tag --add keep latest'))
    .action((ids: string[], flags: TagFlags) =>
      run(async ({ output, context, access, engine }) => {
        const input: TagInput = { ids: asTexts(ids), filter: readFilter(flags), change: readChange(flags) };
        const { changed, damaged } = await (
          await engine()
        ).tag(
          await access(),
          input,
          {
            onChanged: (oldId, newId) => {
              output.detail(1, `snapshot ${oldId.slice(0, 8)} is now ${newId.slice(0, 8)}`);
              output.json({ message_type: 'changed', old_snapshot_id: oldId, new_snapshot_id: newId });
            },
            onDamaged: (message) => {
              if (output.options.json) output.jsonComplaint({ message_type: 'error', message });
              else output.complain(message);
            },
          },
          context,
        );
        output.say(
          changed === 0
            ? 'No tags were changed.'
            : `Changed the tags of ${formatCount(changed, 'snapshot')}.`,
        );
        output.json({ message_type: 'summary', changed_snapshots: changed });
        return damaged === 0 ? undefined : EXIT_FAILED;
      }),
    );
}

function readChange(flags: TagFlags): TagInput['change'] {
  const { set, add = [], remove = [] } = flags;
  if (set === undefined && add.length + remove.length === 0) {
    throw new TidemarkError('request.invalidInput', {
      what: 'no tag is named',
      reason: 'name tags with --set, --add or --remove',
    });
  }
  if (set === undefined) return { kind: 'change', add: readTags(add), remove: readTags(remove) };
  if (add.length + remove.length === 0) return { kind: 'set', tags: readTags(set) };
  throw new TidemarkError('request.invalidInput', {
    what: '--set is given together with --add or --remove',
    reason: 'use one of them: --set puts its tags in the place of all others',
  });
}

function readTags(lists: readonly string[]): string[] {
  return asTexts(lists).flatMap((list) => list.split(','));
}

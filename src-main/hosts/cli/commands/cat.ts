/** `tidemark cat`: an object of the repository, opened, for people who look inside. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import type { RunCommand } from '../command-session.ts';
import type { CatKind } from '../calls/reading.ts';
import {
  asChoice,
  asText,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';

const KINDS = ['masterkey', 'config', 'pack', 'blob', 'snapshot', 'index', 'key', 'lock', 'tree'] as const;
const KINDS_WITHOUT_ID: ReadonlySet<CatKind> = new Set(['masterkey', 'config']);
/** Printed as they are; all others are JSON, laid out for reading. */
const RAW_KINDS: ReadonlySet<CatKind> = new Set(['pack', 'blob', 'tree']);

export function defineCat(command: Command, run: RunCommand): void {
  defineFilterOptions(command)
    .argument('<kind>', KINDS.join(', '))
    .argument('[id]', 'an id or its beginning; for tree a snapshot, or SNAPSHOT:/folder')
    .addHelpText('after', example('tidemark -r /mnt/backup cat snapshot latest'))
    .action((kindText: string, id: string | undefined, flags: FilterFlags) =>
      run(async ({ output, context, access, engine }) => {
        const kind = asChoice('the kind', kindText, KINDS);
        if (id === undefined && !KINDS_WITHOUT_ID.has(kind)) {
          throw new TidemarkError('request.invalidInput', { what: `which ${kind}`, reason: 'give its id' });
        }
        const input = { kind, id: id === undefined ? '' : asText(id), filter: readFilter(flags) };
        const bytes = await (await engine()).cat(await access(), input, context);
        if (RAW_KINDS.has(kind)) await output.bytes(bytes);
        else await output.result(JSON.stringify(JSON.parse(Buffer.from(bytes).toString('utf8')), null, 2));
      }),
    );
}

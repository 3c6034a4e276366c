/** `tidemark undo`: takes a restore back, or lists those that can be. */
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_DONE, EXIT_FAILED, type ExitCode } from '#contract/exit-codes.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { UndoableRestore, UndoHandlers, UndoneRestore } from '../calls/undo.ts';
import { exitMessage } from '../exit-message.ts';
import { formatCount, formatLocalTime, formatName } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { encodeJson, formatTable } from '../output.ts';
import { undoItemJson, undoListJson, undoProblemJson, undoSummaryJson } from '../undo-json.ts';

interface UndoFlags {
  readonly target?: string;
  readonly list?: boolean;
  readonly force?: boolean;
}

export function defineUndo(command: Command, run: RunCommand): void {
  command
    .argument('[id]', 'which restore, by its undo id or the beginning of it; the newest when absent')
    .option('-t, --target <folder>', 'the folder that was restored into; the present folder when absent')
    .option('-l, --list', 'only list the restores that can be taken back')
    .option('--force', 'even if the restore may still be running')
    .addHelpText('after', example('tidemark undo --target ~/Documents'))
    .action((id: string | undefined, flags: UndoFlags) =>
      run(async (session) => {
        const folder = (flags.target ?? '.') as ByteString;
        if (folder === '')
          throw new TidemarkError('request.invalidInput', {
            what: 'the folder named with --target is empty',
            reason: 'name the folder that was restored into',
          });
        if (flags.list === true) return list(session, folder);
        const which = id === undefined ? {} : { id: asText(id) };
        return undo(session, { folder, ...which, force: flags.force === true });
      }),
    );
}

const STATES: Readonly<Record<UndoableRestore['state'], string>> = {
  running: 'running',
  unknown: 'perhaps running elsewhere',
  interrupted: 'was interrupted',
  ended: '',
  undone: 'taken back',
};

async function list({ options, output, engine }: CommandSession, folder: ByteString): Promise<ExitCode> {
  const found = await (await engine()).listUndo(folder);
  if (options.json) {
    await output.result(encodeJson(undoListJson(found)));
    return EXIT_DONE;
  }
  const rows = found.restores.map(({ id, startedAtMs, expiresAtMs, snapshotId, rule, state }) => [
    id,
    formatLocalTime(new Date(startedAtMs).toISOString()),
    snapshotId.slice(0, 8),
    rule,
    formatLocalTime(new Date(expiresAtMs).toISOString()).slice(0, 10),
    STATES[state],
  ]);
  await output.result(`Restores into ${formatName(toDisplay(found.folder))}:`);
  const header = ['Undo ID', 'Time', 'Snapshot', 'Rule', 'Kept until', 'State'];
  for (const line of formatTable(header, rows)) await output.result(line);
  return EXIT_DONE;
}

async function undo(
  { options, output, context, engine }: CommandSession,
  input: { readonly folder: ByteString; readonly id?: string; readonly force: boolean },
): Promise<ExitCode> {
  const calls = await engine();
  const onItem: UndoHandlers['onItem'] = (item) => {
    const { path, action, copy } = item;
    if (options.json && options.verbosity >= 2) output.json(undoItemJson(item));
    const name = formatName(toDisplay(path));
    if (copy !== undefined)
      output.say(`You changed ${name} since: your version is now ${formatName(toDisplay(copy))}`);
    else if (action === 'stayed') output.say(`You changed ${name} since: it stays.`);
    else output.detail(2, `${action.padEnd(9)} ${name}`);
  };
  const result = await calls.undo(
    input,
    {
      onItem,
      onProblem: (problem) => {
        if (options.json) output.jsonComplaint(undoProblemJson(problem));
        else output.complain(`Not put back: ${formatName(toDisplay(problem.path))} (${problem.reason})`);
      },
    },
    context,
  );
  output.stopProgress();
  output.json(undoSummaryJson(result));
  output.say(summaryLine(result));
  if (result.isComplete) return EXIT_DONE;
  const sentence = `Not everything could be put back; what is missing is still kept in ${formatName(toDisplay(result.folder))}. Look at the list above, then run the same command again.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

function summaryLine({ id, counts, folder }: UndoneRestore): string {
  const done = [
    `${formatCount(counts.returned, 'file or folder', 'files and folders')} returned`,
    `${counts.removed} that it had made ${counts.removed === 1 ? 'was' : 'were'} removed`,
  ];
  return `Took the restore ${id} into ${formatName(toDisplay(folder))} back: ${done.join(', ')}.`;
}

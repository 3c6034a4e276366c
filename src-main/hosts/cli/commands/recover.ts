/** `tidemark recover`: makes snapshots anew for files that are still in the repository and in no snapshot. */
import type { Command } from 'commander';
import { toDisplay } from '#base/byte-string.ts';
import { EXIT_FAILED } from '#contract/exit-codes.ts';
import type { LostTree, RecoverHandlers, RecoverInput, RecoverResult } from '../calls/recover.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { exitMessage } from '../exit-message.ts';
import { formatBytes, formatCount, formatLocalTime, formatName } from '../format-values.ts';
import { asText, asTexts, example } from '../option-values.ts';

interface RecoverFlags {
  readonly each?: boolean;
  readonly dryRun?: boolean;
  readonly host?: string;
}

export function defineRecover(command: Command, run: RunCommand): void {
  command
    .argument('[tree...]', 'only these lost trees; ids or their beginnings, as a dry run shows them')
    .option('--each', 'a snapshot for each, dated by the newest change in it, its files where they were')
    .option('--host <name>', 'the host name of the new snapshots (default: of this computer)')
    .option('-n, --dry-run', 'show what there is and save nothing')
    .addHelpText(
      'after',
      '\nFor snapshots that were damaged or removed by mistake. Nothing is removed or changed. Do it before a prune:\na prune frees the space of what no snapshot holds. If the index is damaged, run "tidemark repair index" first.\n' +
        'Without --each one snapshot is saved that holds every lost tree in a folder named after it.\n' +
        example('tidemark -r /mnt/backup recover --dry-run'),
    )
    .action((trees: string[], flags: RecoverFlags) =>
      run((session) =>
        runRecover(session, {
          trees: asTexts(trees),
          each: flags.each === true,
          dryRun: flags.dryRun === true,
          ...(flags.host === undefined ? {} : { hostname: asText(flags.host) }),
        }),
      ),
    );
}

async function runRecover(session: CommandSession, input: RecoverInput) {
  const { output, context } = session;
  const access = await session.access();
  const calls = await session.engine();
  const result = await calls.recover(access, input, createHandlers(session), context);
  output.stopProgress();
  output.json({
    message_type: 'summary',
    found_trees: result.found,
    trees_checked: result.trees,
    unreadable_trees: result.unreadable,
    ...(input.dryRun ? { dry_run: true } : {}),
  });
  for (const line of summaryLines(result, input)) output.say(line);
  if (result.unreadable === 0) return;
  const sentence = `${formatCount(result.unreadable, 'stored folder')} could not be read, so something may be missing: run "tidemark check --read-data".`;
  if (output.options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

function createHandlers({ output }: CommandSession): RecoverHandlers {
  return {
    onProgress: (done, total) =>
      output.progress({ filesDone: done, totalFiles: total, bytesDone: 0, noun: 'folders' }),
    onFound: (tree) => {
      for (const line of treeLines(tree)) output.say(line);
      output.json(treeJson(tree));
    },
    onRecovered: (snapshotId, treeIds) => {
      output.say(`Saved snapshot ${snapshotId.slice(0, 8)} with ${treeIds.map(short).join(', ')}.`);
      output.json({ message_type: 'recovered', snapshot_id: snapshotId, tree_ids: treeIds });
    },
    onDamaged: (message) => {
      if (output.options.json) output.jsonComplaint({ message_type: 'error', message });
      else output.complain(message);
    },
  };
}

function treeLines({ treeId, newest, files, folders, bytes, ...rest }: LostTree): string[] {
  const when = newest === undefined ? 'of unknown time' : `newest change ${formatLocalTime(newest)}`;
  const counts = `${formatCount(files, 'file')} in ${formatCount(folders, 'folder')}, ${formatBytes(bytes)}`;
  const more = rest.topCount > rest.topNames.length ? ', ...' : '';
  const names = rest.topNames.map((name) => formatName(toDisplay(name))).join(', ');
  const lines = [`Lost tree ${short(treeId)}, ${when}: ${counts}`, `  at the top: ${names}${more}`];
  const lost = [
    ...(rest.lostFiles === 0 ? [] : [formatCount(rest.lostFiles, 'file')]),
    ...(rest.lostFolders === 0 ? [] : [formatCount(rest.lostFolders, 'folder')]),
  ];
  if (lost.length > 0) lines.push(`  not all of it is there any more: ${lost.join(' and ')} not whole`);
  return lines;
}

function treeJson({ treeId, topNames, topCount, files, folders, bytes, newest, ...rest }: LostTree) {
  return {
    message_type: 'lost_tree',
    tree_id: treeId,
    ...(newest === undefined ? {} : { newest }),
    total_files: files,
    total_dirs: folders,
    total_bytes: bytes,
    top_names: topNames.map(toDisplay),
    top_count: topCount,
    damaged_files: rest.lostFiles,
    damaged_dirs: rest.lostFolders,
  };
}

function summaryLines({ found, trees }: RecoverResult, { dryRun }: RecoverInput): string[] {
  if (found === 0)
    return [`Looked at ${formatCount(trees, 'stored folder')}: every one belongs to a snapshot.`];
  if (dryRun) return [`Found ${formatCount(found, 'lost tree')}. Nothing was saved.`];
  return [];
}

function short(id: string): string {
  return id.slice(0, 8);
}

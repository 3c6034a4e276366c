/** `tidemark diff`: what differs between two snapshots. */
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_FAILED, type ExitCode } from '#contract/exit-codes.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { DiffChange, DiffInput, DiffResult, EntryCounts } from '../calls/diff.ts';
import { exitMessage } from '../exit-message.ts';
import { formatCount, formatName } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { encodeJson } from '../output.ts';

interface DiffFlags {
  readonly metadata?: boolean;
  readonly renames: boolean;
  readonly compact?: boolean;
  readonly statistics: boolean;
}

export function defineDiff(command: Command, run: RunCommand): void {
  command
    .argument('<from>', 'an id, its beginning, or latest; ID:/folder compares only that folder')
    .argument('<to>', 'the same')
    .option('--metadata', 'also what differs in times, owner or permissions only')
    .option('-c, --compact', 'an added or removed folder as one line')
    .option('--no-renames', 'renamed and moved files as removed and added, as restic prints them')
    .option('--no-statistics', 'no counts of blobs, which take a look at what is unchanged too')
    .addHelpText('after', `\n${LEGEND}${example('tidemark -r /mnt/backup diff --compact 4f2a91c0 latest')}`)
    .action((from: string, to: string, flags: DiffFlags) =>
      run((session) =>
        runDiff(session, {
          from: asText(from),
          to: asText(to),
          withMetadata: flags.metadata === true,
          findRenames: flags.renames,
          foldFolders: flags.compact === true,
          countBlobs: flags.statistics,
        }),
      ),
    );
}

const LEGEND = `Lines begin with:
  +  added          -  removed
  M  other content  R  renamed or moved, with the same content
  U  only times, owner or permissions differ (--metadata)
  T  another type, such as a link instead of a file
  ?  other content although times and sizes say it is the same: perhaps a failing disk
`;

async function runDiff(session: CommandSession, input: DiffInput): Promise<ExitCode> {
  const { options, output, context } = session;
  const calls = await session.engine();
  const result = await calls.diff(
    await session.access(),
    input,
    {
      onStart: async (from, to) => {
        if (options.json || options.quiet) return;
        await output.result(`comparing snapshot ${from.id.slice(0, 8)} to ${to.id.slice(0, 8)}:\n`);
      },
      onChange: async (change) => {
        if (output.isBroken) throw new TidemarkError('job.cancelled', {});
        await output.result(
          options.json ? encodeJson(changeJson(change)) : changeLine(change, input.foldFolders),
        );
      },
      onDamaged: ({ path, treeId, reason }) => {
        const message = `Not compared: ${formatName(toDisplay(path))} (${reason})`;
        if (options.json) output.jsonComplaint({ message_type: 'error', message, tree: treeId });
        else output.complain(message);
      },
    },
    context,
  );
  if (options.json) await output.result(encodeJson(statisticsJson(result, input)));
  else if (!options.quiet) for (const line of statisticsLines(result)) await output.result(line);
  await output.flush();
  if (result.damagedFolders === 0) return 0;
  const sentence = `${formatCount(result.damagedFolders, 'folder')} could not be compared. Run "tidemark check" to learn what is damaged.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

function lettersOf(change: DiffChange): string {
  switch (change.kind) {
    case 'added':
      return '+';
    case 'removed':
      return '-';
    case 'renamed':
      return 'R';
    case 'changed':
      return change.letters;
  }
}

function pathText(path: ByteString, isFolder: boolean): string {
  return isFolder ? `${toDisplay(path)}/` : toDisplay(path);
}

function changeLine(change: DiffChange, isFolded: boolean): string {
  const { path, isFolder } = change;
  const name = formatName(pathText(path, isFolder));
  const start = lettersOf(change).padEnd(5);
  switch (change.kind) {
    case 'changed':
      return start + name;
    case 'renamed':
      return `${start}${formatName(pathText(change.from, isFolder))} -> ${name}${insideText(change)}`;
    default:
      return isFolded ? `${start}${name}${insideText(change)}` : start + name;
  }
}

/** ` (3 files, 1 folder)`. */
function insideText({ isFolder, inside }: DiffChange & { readonly inside: EntryCounts }): string {
  if (!isFolder) return '';
  const parts = [
    inside.files === 0 ? '' : formatCount(inside.files, 'file'),
    inside.folders === 0 ? '' : formatCount(inside.folders, 'folder'),
    inside.others === 0 ? '' : formatCount(inside.others, 'other', 'others'),
  ].filter((part) => part !== '');
  return ` (${parts.length === 0 ? 'empty' : parts.join(', ')})`;
}

/** restic's message; `renamed_from` is ours. */
export function changeJson(change: DiffChange): Readonly<Record<string, unknown>> {
  return {
    message_type: 'change',
    path: pathText(change.path, change.isFolder),
    modifier: lettersOf(change),
    ...(change.kind === 'renamed' ? { renamed_from: pathText(change.from, change.isFolder) } : {}),
  };
}

/** restic's message, in which renamed entries count as removed and added; `renamed` is ours. */
export function statisticsJson(
  { added, removed, changedFiles, renamed }: DiffResult,
  { from, to, findRenames }: DiffInput,
): Readonly<Record<string, unknown>> {
  const side = ({ files, folders, others, blobs }: DiffResult['added']) => ({
    files,
    dirs: folders,
    others,
    ...(blobs === undefined ? {} : { data_blobs: blobs.data, tree_blobs: blobs.trees, bytes: blobs.bytes }),
  });
  return {
    message_type: 'statistics',
    source_snapshot: from,
    target_snapshot: to,
    changed_files: changedFiles,
    added: side(added),
    removed: side(removed),
    ...(findRenames
      ? { renamed: { files: renamed.files, dirs: renamed.folders, others: renamed.others } }
      : {}),
  };
}

/** restic's lines, without what was renamed; that has a line of its own. */
function statisticsLines({ added, removed, changedFiles, renamed }: DiffResult): string[] {
  const row = (label: string, key: keyof EntryCounts): string =>
    `${label.padEnd(13)}${column(added[key] - renamed[key])} new, ${column(removed[key] - renamed[key])} removed`;
  const lines = [
    '',
    `${row('Files:', 'files')}, ${column(changedFiles)} changed`,
    row('Dirs:', 'folders'),
    row('Others:', 'others'),
  ];
  const all = renamed.files + renamed.folders + renamed.others;
  if (all > 0) {
    lines.push(
      `${'Renamed:'.padEnd(13)}${column(renamed.files)} ${renamed.files === 1 ? 'file' : 'files'}, ${column(renamed.folders)} ${renamed.folders === 1 ? 'dir' : 'dirs'}`,
    );
  }
  if (added.blobs === undefined || removed.blobs === undefined) return lines;
  return [
    ...lines,
    `Data Blobs:  ${column(added.blobs.data)} new, ${column(removed.blobs.data)} removed`,
    `Tree Blobs:  ${column(added.blobs.trees)} new, ${column(removed.blobs.trees)} removed`,
    `  Added:   ${formatBytesAsRestic(added.blobs.bytes)}`,
    `  Removed: ${formatBytesAsRestic(removed.blobs.bytes)}`,
  ];
}

function column(count: number): string {
  return String(count).padStart(5);
}

/** With three digits, padded to five columns. */
function formatBytesAsRestic(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  for (let unit = units.length; unit > 0; unit--) {
    if (bytes >= 1024 ** unit) return `${(bytes / 1024 ** unit).toFixed(3)} ${units[unit - 1]}`;
  }
  return `${bytes} B`.padEnd(5);
}

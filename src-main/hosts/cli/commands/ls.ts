/** `tidemark ls`: the files of a snapshot, in the order of its trees. */
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { ListEntriesInput } from '../calls/reading.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { entryLine } from '../entry-line.ts';
import { ENTRY_ORDERS, sortEntries, type PathAndNode } from '../entry-order.ts';
import { formatLocalTime, formatMode } from '../format-values.ts';
import { NcduLines } from '../ncdu-lines.ts';
import {
  asChoice,
  asText,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';
import { encodeJson } from '../output.ts';
import { snapshotJson } from '../snapshot-json.ts';

interface LsFlags extends FilterFlags {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly humanReadable?: boolean;
  readonly sort?: string;
  readonly reverse?: boolean;
  readonly ncdu?: boolean;
}

export function defineLs(command: Command, run: RunCommand): void {
  defineFilterOptions(command)
    .argument('<snapshot>', 'an id, its beginning, or latest; ID:/folder lists below that folder')
    .argument('[folder...]', 'only what is in these folders (absolute)')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--recursive', "with folders given: their folders' contents too")
    .option('--human-readable', 'sizes with units')
    .option('-s, --sort <order>', `by ${ENTRY_ORDERS.join(', ')}`)
    .option('--reverse', 'the other way around')
    .option('--ncdu', 'for "ncdu -f -", which shows what takes up space')
    .addHelpText('after', example('tidemark -r /mnt/backup ls --long latest /home/ann/Documents'))
    .action((snapshot: string, folders: string[], flags: LsFlags) =>
      run((session) => runLs(session, readInput(snapshot, folders, flags), flags)),
    );
}

function readInput(snapshot: string, folders: readonly string[], flags: LsFlags): ListEntriesInput {
  return {
    snapshot: asText(snapshot),
    filter: readFilter(flags),
    paths: folders.map((folder) => absoluteFolder(folder)),
    recursive: flags.recursive === true,
  };
}

async function runLs(session: CommandSession, input: ListEntriesInput, flags: LsFlags): Promise<void> {
  const { options, output, context } = session;
  const order = flags.sort === undefined ? undefined : asChoice('--sort', flags.sort, ENTRY_ORDERS);
  const isSorted = order !== undefined || flags.reverse === true;
  if (flags.ncdu === true) refuseBesideNcdu(options.json, isSorted, input);
  const ncdu = flags.ncdu === true ? new NcduLines() : undefined;
  const lineOf = (path: ByteString, node: TreeNode): string =>
    ncdu?.add(path, node) ?? (options.json ? encodeJson(nodeJson(path, node)) : entryLine(path, node, flags));
  const kept: PathAndNode[] = [];
  const calls = await session.engine();
  await calls.listEntries(
    await session.access(),
    input,
    {
      onSnapshot: (listed) => {
        const types = { message_type: 'snapshot', struct_type: 'snapshot' };
        if (ncdu !== undefined) void output.result(ncdu.start(listed));
        else if (options.json) void output.result(snapshotJson(listed, types));
        else output.say(`Snapshot ${listed.id.slice(0, 8)} of ${formatLocalTime(listed.snapshot.time)}:`);
      },
      onEntry: async (path, node) => {
        if (output.isBroken) throw new TidemarkError('job.cancelled', {});
        if (isSorted) kept.push({ path, node });
        else await output.result(lineOf(path, node));
      },
    },
    context,
  );
  for (const { path, node } of sortEntries(kept, order ?? 'name', flags.reverse === true)) {
    if (output.isBroken) return;
    await output.result(lineOf(path, node));
  }
  if (ncdu !== undefined) await output.result(ncdu.finish());
}

function refuseBesideNcdu(isJson: boolean, isSorted: boolean, { paths }: ListEntriesInput): void {
  const other = isJson
    ? '--json'
    : isSorted
      ? '--sort or --reverse'
      : paths.length > 0
        ? 'folders'
        : undefined;
  if (other === undefined) return;
  throw new TidemarkError('request.invalidInput', {
    what: `--ncdu and ${other} are given`,
    reason: other === 'folders' ? 'name one folder as ID:/folder' : 'use one of them',
  });
}

function absoluteFolder(folder: string): ByteString {
  if (folder.startsWith('/')) return folder as ByteString;
  throw new TidemarkError('request.invalidInput', {
    what: `the folder ${asText(folder)} is not absolute`,
    reason: 'begin it with /',
  });
}

/** Go's zero time, which restic prints for a time that is not there. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** Fields in restic's order; size for files only. */
export function nodeJson(path: ByteString, node: TreeNode): Readonly<Record<string, unknown>> {
  return {
    name: toDisplay(node.name),
    type: node.type,
    path: toDisplay(path),
    uid: node.uid,
    gid: node.gid,
    ...(node.type === 'file' ? { size: node.size } : {}),
    ...(node.mode === 0 ? {} : { mode: node.mode }),
    permissions: formatMode(node.mode),
    mtime: node.mtime ?? NO_TIME,
    atime: node.atime ?? NO_TIME,
    ctime: node.ctime ?? NO_TIME,
    ...(node.inode === 0n ? {} : { inode: node.inode }),
    message_type: 'node',
    struct_type: 'node',
  };
}

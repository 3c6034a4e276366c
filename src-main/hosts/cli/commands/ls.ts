/** `tidemark ls`: the files of a snapshot, in the order of its trees. */
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { RunCommand } from '../command-session.ts';
import { entryLine } from '../entry-line.ts';
import { formatLocalTime, formatMode } from '../format-values.ts';
import { asText, defineFilterOptions, example, readFilter, type FilterFlags } from '../option-values.ts';
import { encodeJson } from '../output.ts';
import { snapshotJson } from '../snapshot-json.ts';

interface LsFlags extends FilterFlags {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly humanReadable?: boolean;
}

export function defineLs(command: Command, run: RunCommand): void {
  defineFilterOptions(command)
    .argument('<snapshot>', 'an id, its beginning, or latest; ID:/folder lists below that folder')
    .argument('[folder...]', 'only what is in these folders (absolute)')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--recursive', "with folders given: their folders' contents too")
    .option('--human-readable', 'sizes with units')
    .addHelpText('after', example('tidemark -r /mnt/backup ls --long latest /home/ann/Documents'))
    .action((snapshot: string, folders: string[], flags: LsFlags) =>
      run(async ({ options, output, context, access, engine }) => {
        const paths = folders.map((folder) => absoluteFolder(folder));
        const input = {
          snapshot: asText(snapshot),
          filter: readFilter(flags),
          paths,
          recursive: flags.recursive === true,
        };
        await (
          await engine()
        ).listEntries(
          await access(),
          input,
          {
            onSnapshot: (listed) => {
              if (options.json) {
                void output.result(
                  snapshotJson(listed, { message_type: 'snapshot', struct_type: 'snapshot' }),
                );
              } else
                output.say(`Snapshot ${listed.id.slice(0, 8)} of ${formatLocalTime(listed.snapshot.time)}:`);
            },
            onEntry: async (path, node) => {
              if (output.isBroken) throw new TidemarkError('job.cancelled', {});
              await output.result(
                options.json ? encodeJson(nodeJson(path, node)) : entryLine(path, node, flags),
              );
            },
          },
          context,
        );
      }),
    );
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

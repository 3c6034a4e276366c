/** `tidemark find`: looks for files in all snapshots, or for what an object of the repository is used for. */
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { isId } from '#base/ids.ts';
import { EXIT_FAILED, type ExitCode } from '#contract/exit-codes.ts';
import { parseSizeText } from '#rules/size-text.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { FindHandlers, FindInput, FindResult, ObjectPlace, PathHistory } from '../calls/find.ts';
import type { ListedSnapshot } from '../calls/access.ts';
import { entryLine } from '../entry-line.ts';
import { exitMessage } from '../exit-message.ts';
import { MatchesJson, objectJson, pathHistoryJson } from '../find-json.ts';
import { formatBytes, formatCount, formatLocalTime, formatName } from '../format-values.ts';
import {
  asText,
  asTexts,
  collect,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';
import { encodeJson } from '../output.ts';
import { parseTimeText } from '../time-text.ts';

interface FindFlags extends FilterFlags {
  readonly byPath?: boolean;
  readonly ignoreCase?: boolean;
  readonly long?: boolean;
  readonly humanReadable?: boolean;
  readonly oldest?: string;
  readonly newest?: string;
  readonly largerThan?: string;
  readonly smallerThan?: string;
  readonly hash?: string;
  readonly contentOf?: string;
  readonly snapshot?: string[];
  readonly reverse?: boolean;
  readonly blob?: boolean;
  readonly tree?: boolean;
  readonly pack?: boolean;
  readonly showPackId?: boolean;
}

export function defineFind(command: Command, run: RunCommand): void {
  command
    .argument('[pattern...]', 'names such as "*.odt", or paths such as "/home/ann/**/taxes*"')
    .option('--by-path', 'each path once, with the snapshots that have it')
    .option('-i, --ignore-case', 'capital and small letters are the same')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--human-readable', 'sizes with units')
    .option('-O, --oldest <time>', 'only what was modified then or later (a day: its beginning)')
    .option('-N, --newest <time>', 'only what was modified then or earlier')
    .option('--larger-than <size>', 'only files of more than that (500K, 2G)')
    .option('--smaller-than <size>', 'only files of less than that')
    .option('--hash <sha256>', 'only files whose whole content has this SHA-256')
    .option('--content-of <file>', 'only files with the same content as this one on your disk')
    .option('-s, --snapshot <id>', 'only this snapshot (repeatable)', collect)
    .option('-R, --reverse', 'the oldest snapshot first')
    .option('--blob', 'patterns are ids of blobs: which files hold them')
    .option('--tree', 'patterns are ids of trees: which folders they are')
    .option('--pack', 'patterns are ids of packs: what they are used for')
    .option('--show-pack-id', 'with --blob, --tree or --pack: where the objects lie');
  defineFilterOptions(command)
    .addHelpText('after', example('tidemark -r /mnt/backup find --by-path -i "*letter*.odt"'))
    .action((patterns: string[], flags: FindFlags) =>
      run(async (session) => {
        if (flags.blob === true || flags.tree === true || flags.pack === true)
          return findObjects(session, asTexts(patterns), flags);
        const input = readInput(patterns as ByteString[], flags);
        return flags.byPath === true ? findPaths(session, input) : findEntries(session, input, flags);
      }),
    );
}

function readInput(patterns: readonly ByteString[], flags: FindFlags): FindInput {
  const size = (text: string): bigint => parseSizeText(asText(text));
  const input = {
    snapshots: readSnapshots(flags),
    patterns,
    ignoreCase: flags.ignoreCase === true,
    ...(flags.oldest === undefined ? {} : { modifiedFrom: parseTimeText('--oldest', asText(flags.oldest)) }),
    ...(flags.newest === undefined ? {} : { modifiedTo: parseTimeText('--newest', asText(flags.newest)) }),
    ...(flags.largerThan === undefined ? {} : { largerThanBytes: size(flags.largerThan) }),
    ...(flags.smallerThan === undefined ? {} : { smallerThanBytes: size(flags.smallerThan) }),
    ...(flags.hash === undefined ? {} : { contentHash: readHash(flags.hash) }),
    ...(flags.contentOf === undefined ? {} : { contentOf: flags.contentOf as ByteString }),
  };
  // Snapshots, patterns and case are always there.
  if (patterns.length > 0 || Object.keys(input).length > 3) return input;
  throw new TidemarkError('request.invalidInput', {
    what: 'nothing is named that should be found',
    reason: 'give a pattern such as "*.odt", or an option such as --larger-than 1G',
  });
}

function readHash(text: string): string {
  const hash = asText(text).toLowerCase();
  if (isId(hash)) return hash;
  throw new TidemarkError('request.invalidInput', {
    what: `--hash ${asText(text)}`,
    reason: 'give the 64 digits that sha256sum prints',
  });
}

function readSnapshots(flags: FindFlags): FindInput['snapshots'] {
  return {
    filter: readFilter(flags),
    ids: asTexts(flags.snapshot),
    oldestFirst: flags.reverse === true,
  };
}

async function findEntries(session: CommandSession, input: FindInput, flags: FindFlags): Promise<ExitCode> {
  const { options, output, context } = session;
  const json = new MatchesJson();
  let current: ListedSnapshot | undefined;
  const calls = await session.engine();
  const result = await calls.find(
    await session.access(),
    input,
    {
      ...findHandlers(session),
      onEntry: async (listed, path, node) => {
        stopWhenUnread(session);
        if (options.json) return output.result(json.add(listed, path, node));
        if (current?.id !== listed.id && !options.quiet) {
          if (current !== undefined) await output.result('');
          const time = formatLocalTime(listed.snapshot.time);
          await output.result(`Found matching entries in snapshot ${listed.id.slice(0, 8)} from ${time}`);
        }
        current = listed;
        return output.result(entryLine(path, node, flags));
      },
    },
    context,
  );
  if (options.json) await output.result(json.finish());
  return finish(session, result, 'file or folder', 'files or folders');
}

async function findPaths(session: CommandSession, input: FindInput): Promise<ExitCode> {
  const { options, output, context } = session;
  const calls = await session.engine();
  let isFirst = true;
  const result = await calls.findPaths(
    await session.access(),
    input,
    {
      ...findHandlers(session),
      onPath: async (history) => {
        stopWhenUnread(session);
        if (options.json) return output.result(encodeJson(pathHistoryJson(history)));
        if (isFirst && !options.quiet) await output.result(HISTORY_HEADER);
        isFirst = false;
        return output.result(historyLine(history));
      },
    },
    context,
  );
  return finish(session, result, 'path');
}

const HISTORY_HEADER = `${'First seen'.padEnd(19)}  ${'Last seen'.padEnd(19)}  Newest in  ${'Snapshots'.padStart(12)}  Contents        Size  Path`;

function historyLine(history: PathHistory): string {
  const { path, node, oldest, newest } = history;
  const size = node.type === 'file' ? formatBytes(node.size) : '';
  const name = formatName(toDisplay(path)) + (node.type === 'dir' ? '/' : '');
  return [
    formatLocalTime(oldest.snapshot.time),
    formatLocalTime(newest.snapshot.time),
    newest.id.slice(0, 8).padEnd(9),
    `${history.snapshotCount} of ${history.searchedCount}`.padStart(12),
    String(history.contentCount).padStart(8),
    size.padStart(10),
    history.isGone ? `${name} (deleted since)` : name,
  ].join('  ');
}

async function findObjects(
  session: CommandSession,
  ids: readonly string[],
  flags: FindFlags,
): Promise<ExitCode> {
  const { options, output, context } = session;
  if (ids.length === 0) {
    throw new TidemarkError('request.invalidInput', {
      what: 'no object is named',
      reason: 'give its id or the beginning of it',
    });
  }
  const input = {
    snapshots: readSnapshots(flags),
    blobs: flags.blob === true ? ids : [],
    trees: flags.tree === true ? ids : [],
    packs: flags.pack === true ? ids : [],
  };
  const calls = await session.engine();
  let isFirst = true;
  const result = await calls.findObjects(
    await session.access(),
    input,
    {
      ...findHandlers(session),
      onObject: async (listed, found) => {
        stopWhenUnread(session);
        if (options.json)
          await output.result(`${isFirst ? '[' : ','}${encodeJson(objectJson(listed, found))}`);
        else for (const line of objectLines(listed, found)) await output.result(line);
        isFirst = false;
      },
    },
    context,
  );
  if (options.json) await output.result(isFirst ? '[]' : ']');
  else if (flags.showPackId === true)
    for (const place of result.places) for (const line of placeLines(place)) await output.result(line);
  return finish(session, result, 'use', 'uses');
}

function objectLines(
  listed: ListedSnapshot,
  { kind, id, path, parentTree }: Parameters<typeof objectJson>[1],
): string[] {
  const name = formatName(toDisplay(path));
  const where =
    kind === 'blob' ? [` ... in file ${name}`, `     (tree ${parentTree})`] : [` ... path ${name}`];
  const time = formatLocalTime(listed.snapshot.time);
  return [`Found ${kind} ${id}`, ...where, ` ... in snapshot ${listed.id.slice(0, 8)} (${time})`];
}

function placeLines({ kind, id, place }: ObjectPlace): string[] {
  if (place === undefined) return [`Object ${id.slice(0, 8)} not found in the index`];
  const { packId, offset, length, uncompressedLength } = place;
  const type = kind === 'blob' ? 'data' : 'tree';
  const plain = uncompressedLength === 0 ? '' : `, uncompressed length ${uncompressedLength}`;
  return [
    `Object belongs to pack ${packId}`,
    ` ... Pack ${packId.slice(0, 8)}: <Blob (${type}) ${id.slice(0, 8)}, offset ${offset}, length ${length}${plain}>`,
  ];
}

function findHandlers({ options, output }: CommandSession): FindHandlers {
  return {
    onProgress: (filesDone) => output.progress({ filesDone, bytesDone: 0, noun: 'folders' }),
    onDamaged: ({ snapshotId, path, treeId, reason }) => {
      const name = formatName(toDisplay(path));
      const message = `Not searched: ${name} in snapshot ${snapshotId.slice(0, 8)} (${reason})`;
      if (options.json) output.jsonComplaint({ message_type: 'error', message, tree: treeId });
      else output.complain(message);
    },
  };
}

function stopWhenUnread({ output }: CommandSession): void {
  if (output.isBroken) throw new TidemarkError('job.cancelled', {});
}

async function finish(
  { options, output }: CommandSession,
  { found, snapshotsSearched, damagedFolders }: FindResult,
  noun: string,
  plural?: string,
): Promise<ExitCode> {
  output.stopProgress();
  await output.flush();
  const where = `in ${formatCount(snapshotsSearched, 'snapshot')}`;
  if (found === 0) output.say(`Nothing was found ${where}.`);
  else output.detail(1, `\n${formatCount(found, noun, plural)} found ${where}.`);
  if (damagedFolders === 0) return 0;
  const sentence = `${formatCount(damagedFolders, 'folder')} could not be read, so there may be more. Run "tidemark check" to learn what is damaged.`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

/** `tidemark copy`: snapshots of another repository into this one. */
import type { Command } from 'commander';
import { EXIT_FAILED, type ExitCode } from '#contract/exit-codes.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { CopyHandlers, CopyInput } from '../calls/copy.ts';
import type { ListedSnapshot } from '../calls/access.ts';
import { exitMessage } from '../exit-message.ts';
import { formatBytes, formatCount, formatLocalTime, formatName } from '../format-values.ts';
import { defineFromOptions, readSourceAccess, type FromFlags } from '../from-repository.ts';
import {
  asChoice,
  asTexts,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';

interface CopyFlags extends FilterFlags, FromFlags {
  readonly compression: string;
}

export function defineCopy(command: Command, run: RunCommand): void {
  command.argument('[snapshot...]', 'only these of the source; an id, its beginning, or latest');
  defineFilterOptions(defineFromOptions(command, 'to copy from'))
    .option('--compression <mode>', 'auto, off or max', 'auto')
    .addHelpText(
      'after',
      '\nFiles that both repositories hold are stored once only if both cut files alike:\nmake the new one with "tidemark init --from-repo ... --copy-chunker-params".',
    )
    .addHelpText('after', example('tidemark -r /mnt/second copy --from-repo /mnt/backup --tag important'))
    .action((snapshots: string[], flags: CopyFlags) =>
      run(async (session) => {
        const compression = asChoice('--compression', flags.compression, ['auto', 'off', 'max']);
        const from = await readSourceAccess(session, flags);
        return runCopy(session, {
          from,
          snapshots: asTexts(snapshots),
          filter: readFilter(flags),
          compression,
        });
      }),
    );
}

async function runCopy(session: CommandSession, input: CopyInput): Promise<ExitCode | void> {
  const { options, output, context } = session;
  const access = await session.access();
  const calls = await session.engine();
  const result = await calls.copy(access, input, copyHandlers(session), context);
  output.stopProgress();
  output.json({
    message_type: 'summary',
    copied: result.copied,
    skipped: result.skipped,
    not_copied: result.problems,
    blobs: result.blobs,
    bytes: result.bytes,
  });
  const there = result.skipped === 0 ? '' : `, ${result.skipped} there already`;
  output.say(
    `${formatCount(result.copied, 'snapshot')} copied${there}; ${formatBytes(result.bytes)} read from the source.`,
  );
  if (result.problems === 0) return;
  const sentence = `${formatCount(result.problems, 'snapshot')} could not be copied, because the source is damaged; the others are safe in both places. Check the source: "tidemark check --read-data".`;
  if (options.json) output.jsonComplaint(exitMessage(EXIT_FAILED, sentence));
  else output.complain(sentence);
  return EXIT_FAILED;
}

/** The JSON messages are of our own making: restic's command has none. */
function copyHandlers({ options, output }: CommandSession): CopyHandlers {
  return {
    onProgress: (progress) =>
      output.progress(
        {
          filesDone: progress.packsDone,
          totalFiles: progress.packs,
          bytesDone: progress.bytesDone,
          totalBytes: progress.bytes,
          noun: 'packs',
        },
        () => ({
          message_type: 'status',
          percent_done: progress.bytes === 0 ? 0 : progress.bytesDone / progress.bytes,
          snapshots_done: progress.snapshotsDone,
          total_snapshots: progress.snapshots,
          bytes_done: progress.bytesDone,
          total_bytes: progress.bytes,
        }),
      ),
    onStarted: (source) => output.detail(1, `Copying ${describeSnapshot(source)}`),
    onSkipped: (source, id) => {
      output.json({ message_type: 'skipped', source_id: source.id, snapshot_id: id });
      output.detail(1, `Snapshot ${short(source.id)} is there already as ${short(id)}.`);
    },
    onCopied: (source, id) => {
      output.json({ message_type: 'copied', source_id: source.id, snapshot_id: id });
      output.say(`Snapshot ${short(source.id)} is copied; it is ${short(id)} here.`);
    },
    onProblem: (sourceId, reason, details) => {
      output.jsonComplaint({ message_type: 'error', source_id: sourceId, message: reason, details });
      if (options.json) return;
      output.complain(`Snapshot ${short(sourceId)} is not copied: ${reason}.`);
      for (const line of details) output.complain(`  ${line}`);
    },
  };
}

function describeSnapshot({ id, snapshot }: ListedSnapshot): string {
  const paths = snapshot.paths.map(formatName).join(', ');
  return `snapshot ${short(id)} of ${paths} at ${formatLocalTime(snapshot.time)} by ${formatName(snapshot.username)}@${formatName(snapshot.hostname)}`;
}

function short(id: string): string {
  return id.slice(0, 8);
}

/**
 * `backup` into several places. The sources are read and cut once, for the nearest place that takes the backup; every other
 * place is brought up to date from there by `copy`, all at the same time, each with its own key, lock and errors. A place
 * that fails does not hold up the others; the next backup that finds it brings what it missed.
 */
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { EXIT_FAILED, EXIT_INCOMPLETE, type ExitCode } from '#contract/exit-codes.ts';
import { parseTime } from '#format/time.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import { withoutSecrets } from '#storage/locations/describe-location.ts';
import type { ListedSnapshot, RepositoryAccess } from '../calls/access.ts';
import type { BackupInput } from '../calls/backup.ts';
import type { CommandSession } from '../command-session.ts';
import { exitMessage } from '../exit-message.ts';
import { formatCount, formatName } from '../format-values.ts';

export interface Saved {
  readonly exitCode: ExitCode;
  /** Undefined when there is no new snapshot. */
  readonly snapshotId: string | undefined;
}

/** These lie in the sources or in the request: another place would fail alike. */
const NOT_OF_THE_PLACE: readonly ErrorCode[] = [
  'job.cancelled',
  'request.invalidInput',
  'files.sourceMissing',
  'files.sourceEmpty',
  'files.nothingToSave',
];

/** @throws what the first place failed with, when no place has the backup */
export async function backupToPlaces(
  session: CommandSession,
  input: BackupInput,
  accesses: readonly RepositoryAccess[],
  backup: (access: RepositoryAccess) => Promise<Saved>,
): Promise<ExitCode> {
  const failed = new Map<RepositoryAccess, unknown>();
  for (const lead of nearestFirst(accesses)) {
    let saved: Saved;
    try {
      saved = await backup(lead);
    } catch (error) {
      if (isTidemarkError(error) && NOT_OF_THE_PLACE.includes(error.code)) throw error;
      failed.set(lead, error);
      if (failed.size === accesses.length) throw [...failed.values()][0];
      tellFailed(session, lead, error);
      continue;
    }
    const others = input.dryRun ? [] : accesses.filter((access) => access !== lead && !failed.has(access));
    const done = await Promise.all(
      others.map((other) => follow(session, lead, other, saved.snapshotId, input)),
    );
    if (failed.size + done.filter((isDone) => !isDone).length === 0) return saved.exitCode;
    session.output.complain(
      'The backup is safe in the other places. What is missing is brought there by the next backup that finds the place.',
    );
    return EXIT_INCOMPLETE;
  }
  return EXIT_FAILED;
}

/** The others read from the place that goes first, and wait for it: one on a disk comes before those behind a network. */
function nearestFirst(accesses: readonly RepositoryAccess[]): RepositoryAccess[] {
  const distance = ({ location }: RepositoryAccess): number =>
    Number(parseLocation(location).kind !== 'local');
  return accesses.toSorted((a, b) => distance(a) - distance(b));
}

/** @returns whether `other` has now what `lead` has; the reason why not is told */
async function follow(
  session: CommandSession,
  lead: RepositoryAccess,
  other: RepositoryAccess,
  snapshotId: string | undefined,
  { compression }: BackupInput,
): Promise<boolean> {
  const { output, context } = session;
  try {
    const calls = await session.engine();
    const snapshots = await missedIn(session, lead, other, snapshotId);
    const input = { from: lead, snapshots, filter: { hosts: [], tagLists: [], paths: [] }, compression };
    const nothing = (): void => undefined;
    const handlers = {
      onProgress: nothing,
      onStarted: nothing,
      onSkipped: nothing,
      onCopied: (source: ListedSnapshot, id: string): void =>
        output.json({
          message_type: 'copied',
          repository: withoutSecrets(other.location),
          source_id: source.id,
          snapshot_id: id,
        }),
      onProblem: (id: string, reason: string): void => {
        if (output.options.json)
          output.jsonComplaint({ message_type: 'error', source_id: id, message: reason });
        else output.complain(`Snapshot ${id.slice(0, 8)} is not copied: ${reason}.`);
      },
    };
    const { copied, problems } =
      snapshots.length === 0 ? NOTHING_COPIED : await calls.copy(other, input, handlers, context);
    output.stopProgress();
    const what = copied === 0 ? 'Nothing was missing' : `${formatCount(copied, 'snapshot')} copied`;
    output.say(`${formatName(withoutSecrets(other.location))}: ${what}.`);
    return problems === 0;
  } catch (error) {
    if (isTidemarkError(error, 'job.cancelled')) throw error;
    tellFailed(session, other, error);
    return false;
  }
}

const NOTHING_COPIED = { copied: 0, problems: 0 };

/** The new snapshot, and those of the same host and paths that `lead` got since `other` last got one. Ids, oldest first. */
async function missedIn(
  session: CommandSession,
  lead: RepositoryAccess,
  other: RepositoryAccess,
  snapshotId: string | undefined,
): Promise<string[]> {
  const { context } = session;
  const calls = await session.engine();
  const list = (access: RepositoryAccess, ids: string[], series?: ListedSnapshot) =>
    calls.snapshots(
      access,
      {
        ids,
        filter: {
          hosts: series === undefined ? [] : [series.snapshot.hostname],
          tagLists: [],
          paths: series?.snapshot.paths ?? [],
        },
      },
      { onDamaged: () => undefined },
      context,
    );
  const [newest] = await list(lead, [snapshotId ?? 'latest']);
  if (newest === undefined) return [];
  const ofSeries = ({ snapshot }: ListedSnapshot): boolean =>
    snapshot.paths.length === newest.snapshot.paths.length;
  const theirs = (await list(other, [], newest)).filter(ofSeries);
  if (theirs.length === 0) return [newest.id];
  const since = theirs.map(momentOf).reduce((latest, ns) => (ns > latest ? ns : latest));
  return (await list(lead, [], newest))
    .filter((listed) => ofSeries(listed) && (momentOf(listed) > since || listed.id === newest.id))
    .map(({ id }) => id);
}

/** Nanoseconds since 1970. */
function momentOf({ snapshot }: ListedSnapshot): bigint {
  const { sec, nsec } = parseTime(snapshot.time);
  return BigInt(sec) * 1_000_000_000n + BigInt(nsec);
}

function tellFailed({ output }: CommandSession, { location }: RepositoryAccess, error: unknown): void {
  if (!isTidemarkError(error)) throw error;
  output.stopProgress();
  const sentence = errorSentence(error, COMMAND_LINE_WORDS);
  if (output.options.json)
    output.jsonComplaint({
      ...exitMessage(EXIT_FAILED, sentence),
      message_type: 'place_failed',
      repository: withoutSecrets(location),
    });
  else output.complain(`Not in ${formatName(withoutSecrets(location))}: ${sentence}`);
}

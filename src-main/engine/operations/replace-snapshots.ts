/**
 * Putting a changed snapshot in the place of an old one: the new file is durable before the old one goes. When an earlier run
 * was stopped between the two, its new file is found again instead of being written twice. Whatever the new snapshot refers to
 * is durable before `save` is called. Source: repository format, 14, 16.3 and 16.4.
 */
import type { SnapshotId } from '#base/ids.ts';
import { throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { encodeSnapshot, type Snapshot } from '#format/snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { listSnapshots, type SnapshotsRequest } from './snapshots.ts';

export class SnapshotReplacer {
  readonly #repository: Repository;
  readonly #assertHeld: () => Promise<void>;
  readonly #signal: AbortSignal | undefined;
  /** Changed copies by what they were made of. */
  readonly #copies = new Map<SnapshotId, StoredSnapshot[]>();

  /** `all`: every readable snapshot of the repository. */
  constructor(
    repository: Repository,
    all: readonly StoredSnapshot[],
    assertHeld: () => Promise<void>,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#assertHeld = assertHeld;
    this.#signal = signal;
    for (const stored of all) this.#remember(stored);
  }

  /** The one that equals `next` in every field. */
  find(next: Snapshot): SnapshotId | undefined {
    if (next.original === undefined) return undefined;
    const wanted = encodeSnapshot(next);
    const copies = this.#copies.get(next.original) ?? [];
    return copies.find(({ snapshot }) => Buffer.compare(encodeSnapshot(snapshot), wanted) === 0)?.id;
  }

  /** Stores `next` unless it is there already. @throws repository.lockLost, job.cancelled, storage errors */
  async save(next: Snapshot): Promise<SnapshotId> {
    const known = this.find(next);
    if (known !== undefined) return known;
    throwIfCancelled(this.#signal);
    await this.#assertHeld();
    const id = await this.#repository.snapshots.save(next);
    this.#remember({ id, snapshot: next });
    return id;
  }

  /** Call when what takes its place is durable. @throws repository.lockLost, job.cancelled, storage errors */
  async remove(id: SnapshotId): Promise<void> {
    throwIfCancelled(this.#signal);
    await this.#assertHeld();
    await this.#repository.files.remove('snapshot', id);
  }

  #remember(stored: StoredSnapshot): void {
    const { original, tree } = stored.snapshot;
    if (original === undefined || tree === null) return;
    const copies = this.#copies.get(original);
    if (copies === undefined) this.#copies.set(original, [stored]);
    else copies.push(stored);
  }
}

export interface ChosenSnapshots {
  /** Every readable snapshot. */
  readonly all: readonly StoredSnapshot[];
  /** Those a person means, oldest first. */
  readonly chosen: readonly StoredSnapshot[];
  /** Files that could not be read, and chosen snapshots without a tree: they cannot be written again. */
  readonly damaged: readonly TidemarkError<'integrity.fileCorrupt'>[];
}

/** @throws repository.objectNotFound, repository.ambiguousId for an id that names none or several */
export async function chooseSnapshots(
  repository: Repository,
  request: SnapshotsRequest,
  signal: AbortSignal | undefined,
): Promise<ChosenSnapshots> {
  const everything = await listSnapshots(repository, {}, signal);
  const { snapshots } = await listSnapshots(repository, request, signal);
  const areNamed = (request.ids ?? []).length > 0;
  const treeless = snapshots
    .filter(({ snapshot }) => snapshot.tree === null)
    .map(({ id }) => withoutTree(id));
  return {
    all: everything.snapshots,
    chosen: snapshots.filter(({ snapshot }) => snapshot.tree !== null),
    damaged: areNamed ? treeless : [...everything.damaged, ...treeless],
  };
}

function withoutTree(id: SnapshotId): TidemarkError<'integrity.fileCorrupt'> {
  return new TidemarkError('integrity.fileCorrupt', { kind: 'snapshot', id, reason: 'it has no tree' });
}

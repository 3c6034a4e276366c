/**
 * A folder of a version beside the disk as it is now. Looks at the disk by names, kinds, sizes and times only: no file of the
 * person is opened. A disk that does not answer must not hold up the window: then nothing is known of the rest.
 */
import { lstat, opendir } from 'node:fs/promises';
import { bytesToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import type { EntryFacts } from '#catalogue/types.ts';
import type { EntriesNow } from '#contract/app/content-calls.ts';
import { isWithin, joinPath, treePathOf } from '#operations/find-in-snapshot.ts';
import { UNDO_FOLDER } from '#rules/undo-folder.ts';
import { ownerOfUnfinished } from '#rules/unfinished-name.ts';
import { diskPathOf } from './disk-path.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';

const PATIENCE_MS = 3_000;
const MOST_ONLY_NOW = 1_000;
/** Looked at side by side; more only wait for one another. */
const AT_A_TIME = 32;
const NS_PER_MS = 1_000_000n;

type Now = EntriesNow['states'][number]['now'];
type OnlyNow = NonNullable<EntriesNow['onlyNow']>[number];

export function nowCalls({ parts, catalogues }: EngineService): Pick<EngineHandlers, 'now'> {
  return {
    now: ({ repositoryId, snapshotId, folder, names, withOnlyNow }, { signal }) =>
      catalogues.with(repositoryId, async (catalogue): Promise<EntriesNow> => {
        const isHere = isOfThisDisk(catalogue, snapshotId, folder, parts.identity.hostname);
        const look = new LookAtDisk(catalogue, snapshotId, folder, names);
        if (isHere) await within(PATIENCE_MS, signal, (stop) => look.run(withOnlyNow, stop));
        return look.told(withOnlyNow && isHere);
      }),
  };

  /** What comes later is not waited for. */
  async function within(
    ms: number,
    signal: AbortSignal,
    work: (stop: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const end = new AbortController();
    const stop = AbortSignal.any([signal, end.signal]);
    const patience = parts.clock.sleep(ms, stop).catch(() => undefined);
    await Promise.race([work(stop), patience]);
    end.abort();
    throwIfCancelled(signal);
  }
}

/** Another computer's files lie elsewhere, and so do those of a backup whose folders were not named in full. */
function isOfThisDisk(
  catalogue: Catalogue,
  snapshotId: string,
  folder: ByteString,
  hostname: string,
): boolean {
  const point = catalogue.point(snapshotId);
  if (point.hostname !== hostname) return false;
  const saved = point.paths.map(treePathOf);
  return saved.some((path) => isWithin(path, folder) || isWithin(folder, path));
}

class LookAtDisk {
  readonly #catalogue: Catalogue;
  readonly #snapshotId: string;
  readonly #folder: ByteString;
  readonly #states: Map<ByteString, Now>;
  readonly #onlyNow: OnlyNow[] = [];
  #isCut = false;

  constructor(catalogue: Catalogue, snapshotId: string, folder: ByteString, names: readonly ByteString[]) {
    this.#catalogue = catalogue;
    this.#snapshotId = snapshotId;
    this.#folder = folder;
    this.#states = new Map(names.map((name) => [name, 'unknown']));
  }

  /** @param stop nobody waits for the rest any more */
  async run(withOnlyNow: boolean, stop: AbortSignal): Promise<void> {
    const waiting = this.#states.keys();
    const workers = Array.from({ length: AT_A_TIME }, async () => {
      for (const name of waiting) {
        if (stop.aborted) return;
        this.#states.set(name, await this.#judge(name));
      }
    });
    await Promise.all(workers);
    if (withOnlyNow) await this.#findOnlyNow(stop);
  }

  /** As far as it is known by now. */
  told(withOnlyNow: boolean): EntriesNow {
    return {
      states: [...this.#states].map(([name, now]) => ({ name, now })),
      ...(withOnlyNow ? { onlyNow: [...this.#onlyNow] } : {}),
      isOnlyNowCut: this.#isCut,
    };
  }

  async #judge(name: ByteString): Promise<Now> {
    const then = this.#entry(name);
    if (then === undefined) return 'unknown';
    const path = joinPath(this.#folder, name);
    const now = await statOf(path);
    if (typeof now === 'string') return now;
    const state = compare(then, now);
    return state === 'same' && then.kind === 'folder' && this.#hasChangedSince(path) ? 'older' : state;
  }

  /** Anything below the folder, in a version since. What has changed after the newest one is told of each entry. */
  #hasChangedSince(path: ByteString): boolean {
    return this.#catalogue.nextChange(this.#snapshotId, path, 'newer') !== undefined;
  }

  #entry(name: ByteString): EntryFacts | undefined {
    return this.#catalogue.entryAt(this.#snapshotId, joinPath(this.#folder, name));
  }

  async #findOnlyNow(stop: AbortSignal): Promise<void> {
    try {
      for await (const { name } of await opendir(diskPathOf(this.#folder), { encoding: 'buffer' as never })) {
        if (stop.aborted) return;
        const found = bytesToByteString(name as unknown as Uint8Array);
        if (isOurOwn(found) || this.#entry(found) !== undefined) continue;
        if (this.#onlyNow.length === MOST_ONLY_NOW) {
          this.#isCut = true;
          return;
        }
        const now = await statOf(joinPath(this.#folder, found));
        if (typeof now !== 'string') this.#onlyNow.push(describe(found, now));
      }
    } catch {
      // It is not there any more, or may not be looked into: then there is nothing to tell.
    }
  }
}

/** What a restore keeps for its undo, and what it has not finished. */
function isOurOwn(name: ByteString): boolean {
  return name === UNDO_FOLDER || ownerOfUnfinished(name) !== undefined;
}

const look = (path: ByteString) => lstat(diskPathOf(path), { bigint: true });
type DiskStats = Awaited<ReturnType<typeof look>>;

async function statOf(path: ByteString): Promise<DiskStats | 'missing' | 'unknown'> {
  try {
    return await look(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unknown';
  }
}

/** Folders by themselves: that they are there. */
function compare(then: EntryFacts, now: DiskStats): Now {
  const kind = kindOf(now);
  if (kind !== then.kind) return 'replaced';
  if (kind === 'folder' || kind === 'other') return 'same';
  const nowMs = modifiedMs(now);
  const isSameSize = kind === 'symlink' || Number(now.size) === then.sizeBytes;
  if (nowMs === then.modifiedMs) return isSameSize ? 'same' : 'older';
  return then.modifiedMs > nowMs ? 'newer' : 'older';
}

function describe(name: ByteString, now: DiskStats): OnlyNow {
  const kind = kindOf(now);
  return {
    name,
    label: toDisplay(name),
    kind,
    sizeBytes: kind === 'file' ? Number(now.size) : 0,
    modifiedMs: modifiedMs(now),
  };
}

/** Rounded down, as versions have it. */
function modifiedMs({ mtimeNs }: DiskStats): number {
  const part = mtimeNs % NS_PER_MS;
  return Number(mtimeNs / NS_PER_MS) - (part < 0n ? 1 : 0);
}

function kindOf(stats: DiskStats): OnlyNow['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

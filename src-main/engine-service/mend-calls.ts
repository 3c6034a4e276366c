/**
 * The `mend` call: a place that is damaged is brought in order as far as anything has what it lost. The index first, because
 * only it says what is in a damaged file; then the damaged files, of which what is good is saved; then what is lost is looked
 * for in the other places and in live files, by its hash. A version whose own file is damaged is described anew from what the
 * catalogue remembers of it. Versions are changed only where a person has given up on the rest.
 * Each step is safe to be cut off, and a second run goes on where the first one ended.
 */
import { mkdir } from 'node:fs/promises';
import type { ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { ListedVersion, MendChoice, MendOutcome, PlaceAccess } from '#contract/engine/engine-values.ts';
import { keepCopy } from '#files/keep-copy.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
import { executeForgetDamaged } from '#operations/forget/forget-damaged.ts';
import { executeRecover } from '#operations/recover/execute.ts';
import { prepareRecover } from '#operations/recover/prepare.ts';
import { executeRemakeSnapshots, type RememberedSnapshot } from '#operations/remake-snapshots.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import { executeRepairPacks } from '#operations/repair-packs/execute.ts';
import { executeRepairSnapshots } from '#operations/repair-snapshots/execute.ts';
import type { RepairedSnapshot } from '#operations/repair-snapshots/types.ts';
import { Repository } from '#repository/repository.ts';
import { partToRead, toCheckOutcome } from './check-calls.ts';
import type { JobThreads } from './engine-parts.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';
import { toListedVersion } from './listed-version.ts';
import { SETTINGS_TAG } from './settings-calls.ts';

export function mendCalls(service: EngineService): Pick<EngineHandlers, 'mend'> {
  const { places, parts, catalogues } = service;
  return {
    async mend({ access, from, choice }, { signal, tell }) {
      const teller = new JobTeller(tell, parts.clock);
      await mkdir(choice.keptIn, { recursive: true, mode: 0o700 });
      return service.withThreads(access, { signal, writes: 'mend' }, (repository, pipeline) =>
        withReachable(from, [], (others) =>
          new Mending(repository, pipeline, others, choice, {
            teller,
            signal,
            programVersion: parts.programVersion,
            remember: (ids) => catalogues.with(repository.config.id, (catalogue) => catalogue.remember(ids)),
          }).run(),
        ),
      );

      /** Others help where they can be reached; one that cannot is no reason not to mend. */
      async function withReachable<T>(
        [next, ...rest]: readonly PlaceAccess[],
        opened: readonly Repository[],
        work: (opened: readonly Repository[]) => Promise<T>,
      ): Promise<T> {
        if (next === undefined) return work(opened);
        let isOpen = false;
        try {
          return await places.with(next, { signal }, (other) => {
            isOpen = true;
            return withReachable(rest, [...opened, other], work);
          });
        } catch (error) {
          if (isOpen || !isTidemarkError(error) || signal.aborted) throw error;
          return withReachable(rest, opened, work);
        }
      }
    },
  };
}

interface MendingParts {
  readonly teller: JobTeller;
  readonly signal: AbortSignal;
  readonly programVersion: string;
  /** What is known of snapshots whose files are damaged. */
  remember(ids: readonly SnapshotId[]): Promise<readonly RememberedSnapshot[]>;
}

class Mending {
  readonly #place: Repository;
  readonly #pipeline: JobThreads;
  readonly #others: readonly Repository[];
  readonly #choice: MendChoice;
  readonly #teller: JobTeller;
  readonly #signal: AbortSignal;
  readonly #parts: MendingParts;
  readonly #files = createSourceFiles();

  constructor(
    place: Repository,
    pipeline: JobThreads,
    others: readonly Repository[],
    choice: MendChoice,
    parts: MendingParts,
  ) {
    this.#place = place;
    this.#pipeline = pipeline;
    this.#others = others;
    this.#choice = choice;
    this.#teller = parts.teller;
    this.#signal = parts.signal;
    this.#parts = parts;
  }

  async run(): Promise<MendOutcome> {
    const unreadable = await this.#mendIndex();
    const mendedPacks = await this.#mendPacks(unreadable);
    const snapshots = await this.#mendSnapshots();
    const { healedBlobs, repaired } = await this.#heal();
    await this.#giveUpSettings();
    const checked = await this.#check();
    return { ...checked, mendedPacks, healedBlobs, ...snapshots, ...(await this.#versionsOf(repaired)) };
  }

  /** @returns packs of which not even the list of what is in them can be read */
  async #mendIndex(): Promise<readonly string[]> {
    const { unreadablePacks } = await executeRepairIndex(
      { repository: this.#anew(), pipeline: this.#pipeline, keepCopy: this.#keepCopy },
      { readAllPacks: false, dryRun: false },
      { onProgress: this.#tell },
      this.#signal,
    );
    return unreadablePacks;
  }

  /** Those that were named and are gone are in no index any more; an earlier run may have mended some. */
  async #mendPacks(unreadable: readonly string[]): Promise<number> {
    const present = new Set((await this.#place.storage.list('pack', this.#signal)).map(({ name }) => name));
    const named = new Set([...this.#choice.packs, ...unreadable]);
    const packs = [...named].filter((id) => present.has(id));
    if (packs.length === 0) return 0;
    const result = await executeRepairPacks(
      { repository: this.#anew(), pipeline: this.#pipeline, keepCopy: this.#keepCopy, files: this.#files },
      { packs, dryRun: false },
      { onProgress: this.#tell },
      this.#signal,
    );
    return result.packs.filter(({ state }) => state !== 'whole').length;
  }

  async #mendSnapshots(): Promise<Pick<MendOutcome, 'remade' | 'recovered' | 'takenOut'>> {
    const { remade, left } = await executeRemakeSnapshots(
      { repository: this.#anew(), keepCopy: this.#keepCopy },
      this.#parts.remember,
      this.#parts.programVersion,
      this.#signal,
    );
    const replaced: { oldId: string; version: ListedVersion }[] = [];
    for (const { oldId, newId } of remade) {
      const version = await this.#listed(newId);
      if (version !== undefined) replaced.push({ oldId, version });
    }
    const recovered = await this.#giveUpSnapshots(left);
    return { remade: replaced, recovered, takenOut: this.#choice.givesUp ? left.length : 0 };
  }

  /**
   * Nothing is known of them: what is left of their trees is among those that no version names, with trees of versions that were
   * thinned out and not cleaned up yet. Where there are no more of these than files, each is a version again; else one holds all.
   */
  async #giveUpSnapshots(ids: readonly SnapshotId[]): Promise<ListedVersion[]> {
    if (ids.length === 0 || !this.#choice.givesUp) return [];
    const parts = { repository: this.#anew(), pipeline: this.#pipeline };
    const { orphans } = await prepareRecover(parts, { trees: [], noLock: false }, {}, this.#signal);
    const { recovered } = await executeRecover(
      { ...parts, repository: this.#anew() },
      {
        trees: [],
        form: orphans.length <= ids.length ? 'each' : 'together',
        hostname: this.#place.ports.identity.hostname,
        programVersion: this.#parts.programVersion,
      },
      {},
      this.#signal,
    );
    const found: ListedVersion[] = [];
    for (const { snapshotId } of recovered) {
      const version = await this.#listed(snapshotId);
      if (version !== undefined) found.push(version);
    }
    await executeForgetDamaged(
      { repository: this.#anew(), keepCopy: this.#keepCopy },
      { ids, dryRun: false },
      this.#signal,
    );
    return found;
  }

  async #listed(id: SnapshotId): Promise<ListedVersion | undefined> {
    return toListedVersion(await this.#place.snapshots.load(id, this.#signal));
  }

  async #heal(): Promise<{ healedBlobs: number; repaired: readonly RepairedSnapshot[] }> {
    const { paths, givesUp } = this.#choice;
    return executeRepairSnapshots(
      { repository: this.#anew(), pipeline: this.#pipeline, files: this.#files },
      {
        snapshots: {},
        forget: givesUp,
        healsOnly: !givesUp,
        // Nobody there has to wait: what is read is proven by its hash.
        heal: {
          repositories: this.#others,
          paths: paths.filter((path) => this.#isThere(path)),
          noLock: true,
        },
      },
      { onProgress: (stage, done, total) => this.#tell({ stage, done, total }) },
      this.#signal,
    );
  }

  /** Nobody needs to decide about plans and settings: they are saved again by themselves. */
  async #giveUpSettings(): Promise<void> {
    if (this.#choice.givesUp) return;
    await executeRepairSnapshots(
      { repository: this.#anew(), pipeline: this.#pipeline, files: this.#files },
      { snapshots: { filter: { tags: [[SETTINGS_TAG]] } }, forget: true },
      {},
      this.#signal,
    );
  }

  /** Once for each slice that was found damaged; without one the structure alone. */
  async #check(): Promise<ReturnType<typeof toCheckOutcome>> {
    const { parts } = this.#choice;
    const results: CheckResult[] = [];
    for (const readData of parts.length === 0
      ? (['none'] as const)
      : parts.map(({ part, of }) => partToRead(part, of)))
      results.push(
        await executeCheck(
          { repository: this.#anew(), pipeline: this.#pipeline },
          { readData, noLock: false },
          {
            onProgress: ({ done, total, bytesDone, totalBytes }) =>
              this.#teller.progress({
                filesDone: done,
                totalFiles: total,
                bytesDone,
                totalBytes: totalBytes === 0 ? null : totalBytes,
              }),
          },
          this.#signal,
        ),
      );
    return results
      .map(toCheckOutcome)
      .reduce((worst, next) => (next.errorCount > worst.errorCount ? next : worst));
  }

  async #versionsOf(
    repaired: readonly RepairedSnapshot[],
  ): Promise<Pick<MendOutcome, 'replaced' | 'removedIds'>> {
    const replaced: { oldId: string; version: MendOutcome['replaced'][number]['version'] }[] = [];
    const removedIds: string[] = [];
    for (const { oldId, newId } of repaired) {
      const stored = newId === undefined ? undefined : await this.#place.snapshots.load(newId, this.#signal);
      const version = stored && toListedVersion(stored);
      if (version === undefined) removedIds.push(oldId);
      else replaced.push({ oldId, version });
    }
    return { replaced, removedIds };
  }

  /** With an index that is not loaded yet: the steps before have changed it. */
  #anew(): Repository {
    const { ports, config, keys, keyId } = this.#place;
    return new Repository(ports, config, keys, keyId);
  }

  #isThere(path: ByteString): boolean {
    try {
      this.#files.stat(path);
      return true;
    } catch {
      return false;
    }
  }

  readonly #keepCopy = (name: string, bytes: Uint8Array): Promise<void> =>
    keepCopy(this.#choice.keptIn, name, bytes);

  readonly #tell = ({ done, total }: { stage: string; done: number; total: number }): void =>
    this.#teller.progress({ filesDone: done, totalFiles: total });
}

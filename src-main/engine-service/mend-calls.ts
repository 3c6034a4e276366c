/**
 * The `mend` call: a place that is damaged is brought in order as far as anything has what it lost. The index first, because
 * only it says what is in a damaged file; then the damaged files, of which what is good is saved; then what is lost is looked
 * for in the other places and in live files, by its hash. Versions are changed only where a person has given up on the rest.
 * Each step is safe to be cut off, and a second run goes on where the first one ended.
 */
import { mkdir } from 'node:fs/promises';
import type { ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { MendChoice, MendOutcome, PlaceAccess } from '#contract/engine/engine-values.ts';
import { keepCopy } from '#files/keep-copy.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
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
  const { places, parts } = service;
  return {
    async mend({ access, from, choice }, { signal, tell }) {
      const teller = new JobTeller(tell, parts.clock);
      await mkdir(choice.keptIn, { recursive: true, mode: 0o700 });
      return service.withThreads(access, { signal, writes: 'mend' }, (repository, pipeline) =>
        withReachable(from, [], (others) =>
          new Mending(repository, pipeline, others, choice, teller, signal).run(),
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

class Mending {
  readonly #place: Repository;
  readonly #pipeline: JobThreads;
  readonly #others: readonly Repository[];
  readonly #choice: MendChoice;
  readonly #teller: JobTeller;
  readonly #signal: AbortSignal;
  readonly #files = createSourceFiles();

  constructor(
    place: Repository,
    pipeline: JobThreads,
    others: readonly Repository[],
    choice: MendChoice,
    teller: JobTeller,
    signal: AbortSignal,
  ) {
    this.#place = place;
    this.#pipeline = pipeline;
    this.#others = others;
    this.#choice = choice;
    this.#teller = teller;
    this.#signal = signal;
  }

  async run(): Promise<MendOutcome> {
    const unreadable = await this.#mendIndex();
    const mendedPacks = await this.#mendPacks(unreadable);
    const { healedBlobs, repaired } = await this.#heal();
    await this.#giveUpSettings();
    const checked = await this.#check();
    return { ...checked, mendedPacks, healedBlobs, ...(await this.#versionsOf(repaired)) };
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

/**
 * What random runs act on: a folder that changes, a repository in memory, clients of it that may die, a clock that jumps, and
 * the model: which versions must be restorable, and what each of them holds.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import { executeUnlock } from '#operations/unlock.ts';
import { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { comparePictures, takePicture, withoutEntries, type Picture } from '#test/support/picture.ts';
import { troublesOf } from '#test/support/prune.ts';
import { RandomTree } from '#test/support/random-tree.ts';
import { restoreRequest } from '#test/support/restore.ts';
import { RunClock } from './run-clock.ts';

export interface RunVersion {
  readonly id: string;
  readonly picture: Picture;
  /** How long the list of touched paths was when it was made. */
  readonly touchedBefore: number;
}

/** One process that uses the repository, as the repository sees it. */
export interface RunClient {
  readonly repository: Repository;
  /** Its own way to the store: what is planned here strikes nobody else. */
  readonly storage: FaultStorage;
  /** From now on nobody finds its process alive. */
  die(): void;
}

export interface PastRestore {
  readonly id: ByteString;
  /** The folder. */
  readonly before: Picture;
  readonly restored: Picture;
  /** Of touched paths, with those of the restore; more of them: somebody has changed the folder since. */
  readonly changesThen: number;
  readonly quietThen: number;
}

export class RunWorld {
  readonly versions = new Map<string, RunVersion>();
  readonly source: RandomTree;
  readonly clock = new RunClock();
  /** Restores that can be taken back, the newest last. */
  readonly restores: PastRestore[] = [];
  /** Clients that have loaded an index once upon a time. */
  readonly oldReaders: Repository[] = [];
  readonly notes: string[] = [];
  random = new SeededRandom(1);
  readonly #folder: string;
  readonly #storage: MemoryStorage;
  readonly #pristine: Repository;
  readonly #alive = new Set<number>();
  #nextPid = 1000;

  /** @param pristine an empty repository, of which `storage` is a copy */
  constructor(folder: string, pristine: Repository, storage: MemoryStorage) {
    this.#folder = folder;
    this.#pristine = pristine;
    this.#storage = storage;
    fs.mkdirSync(folder);
    this.source = new RandomTree(join(folder, 'source'), this.random, { entries: 25, fileBytes: 150_000 });
  }

  get folder(): string {
    return this.#folder;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.random.below(from.length)];
  }

  chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }

  openClient(): RunClient {
    const pid = this.#nextPid++;
    this.#alive.add(pid);
    const storage = new FaultStorage(this.#storage);
    const ports = createRepositoryPorts(storage);
    const identity = { ...ports.identity, pid, isProcessAlive: (other: number) => this.#alive.has(other) };
    const { config, keys, keyId } = this.#pristine;
    const repository = new Repository({ ...ports, clock: this.clock, identity }, config, keys, keyId);
    return { repository, storage, die: () => this.#alive.delete(pid) };
  }

  /** As a person does who is told to: only locks of nobody go. Returns how many. */
  async unlock(): Promise<number> {
    const { removed } = await executeUnlock(this.openClient().repository, { removeAll: false });
    return removed.length;
  }

  /** The source without what restores keep in it, and without its own times, which those change. */
  picture(folder: string = this.source.root): Picture {
    const whole = withoutEntries(takePicture(folder), (path) => path === '.tidemark-undo');
    return new Map([...whole].filter(([path]) => path !== '.'));
  }

  listedIds(): string[] {
    return [...this.#storage.files.keys()].flatMap((path) =>
      path.startsWith('snapshots/') ? [path.slice('snapshots/'.length)] : [],
    );
  }

  lockCount(): number {
    return [...this.#storage.files.keys()].filter((path) => path.startsWith('locks/')).length;
  }

  /** Versions that are there although the model does not know them. */
  unknownIds(): string[] {
    return this.listedIds().filter((id) => !this.versions.has(id));
  }

  addVersion(id: string, picture: Picture): void {
    this.versions.set(id, { id, picture, touchedBefore: this.source.touched.length });
  }

  /** Throws unless exactly the modelled versions are listed. */
  assertListed(): void {
    const listed = this.listedIds();
    const missing = [...this.versions.keys()].filter((id) => !listed.includes(id));
    const unknown = this.unknownIds();
    if (missing.length + unknown.length > 0)
      throw new Error(`versions missing: ${missing.join()}; versions that nobody made: ${unknown.join()}`);
  }

  /** Restores a version elsewhere; lines that differ from the model, also for what could not be restored. */
  async differencesOf(repository: Repository, { id, picture }: RunVersion): Promise<string[]> {
    const target = join(this.#folder, 'restored');
    try {
      const parts = { repository, files: createTargetFiles(), pipeline: inThreadPipeline };
      const { problems } = await executeRestore(parts, restoreRequest(target, { snapshot: `${id}:/source` }));
      return [
        ...problems.map(({ path, code }) => `${path}: ${code}`),
        ...comparePictures(picture, this.picture(target)),
      ];
    } finally {
      fs.rmSync(target, { recursive: true, force: true });
    }
  }

  /** Everything that must be restorable restores equal, and a check finds nothing wrong. */
  async prove(): Promise<void> {
    this.assertListed();
    const { repository } = this.openClient();
    for (const version of this.versions.values()) {
      const differences = await this.differencesOf(repository, version);
      if (differences.length > 0)
        throw new Error(
          `version ${version.id.slice(0, 8)} restores otherwise:\n${differences.slice(0, 10).join('\n')}`,
        );
    }
    const troubles = (await troublesOf(this.#pristine, this.#storage)).filter(
      (text) => !/packNotIndexed|packInSeveralIndexes|nodeOdd/.test(text),
    );
    if (troubles.length > 0) throw new Error(`check: ${troubles.slice(0, 5).join('\n')}`);
  }
}

/** The code of the error it ends with; undefined when it succeeds. Anything but an error of ours is thrown. */
export async function codeOf(running: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
    if (error.code.startsWith('internal.')) throw error;
    return error.code;
  }
}

export function byteStrings(paths: readonly string[]): ByteString[] {
  return paths.map(textToByteString);
}

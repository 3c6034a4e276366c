/**
 * Operations of the built product to be killed in their work, on a copy of one prepared repository, and what must hold
 * after the kill, after the next run and after the next prune. What an undisturbed run makes is the measure for all others.
 */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { textToByteString } from '#base/byte-string.ts';
import type { Repository } from '#repository/repository.ts';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import type { Storage } from '#storage/port.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { backUp, makeLocalRepository, reopen, TEST_PASSWORD } from '#test/support/engine.ts';
import { killAfterLock, type KilledRun } from '#test/support/killed-run.ts';
import { tidemark, type ProductRun } from '#test/support/product.ts';
import { contentsOf, orphansOf, troublesOf } from '#test/support/prune.ts';
import { RandomTree } from '#test/support/random-tree.ts';

const UNFINISHED_NAME = /^\.tmp-/;
const TWO_DAYS_S = 2 * 24 * 3600;

/** A folder with a repository, a second one and what the operations read and write beside them. */
export interface KillPlace {
  readonly folder: string;
  readonly repository: string;
  readonly second: string;
  readonly source: string;
}

export interface KilledOperation {
  readonly name: string;
  /** Which repository it writes; its locks tell that the work begins. */
  readonly writes: 'repository' | 'second';
  args(place: KillPlace): readonly string[];
  /** Brings the place into the state in which the operation is needed. */
  prepare?(place: KillPlace): void;
}

export const KILLED_OPERATIONS: readonly KilledOperation[] = [
  { name: 'backup', writes: 'repository', args: () => ['backup', 'source'] },
  { name: 'prune', writes: 'repository', args: () => ['prune', '--max-unused', '0'] },
  {
    name: 'forget --prune',
    writes: 'repository',
    args: () => ['forget', '--keep-last', '2', '--prune', '--max-unused', '0'],
  },
  { name: 'copy', writes: 'second', args: ({ repository }) => ['copy', '--from-repo', repository] },
  { name: 'rewrite', writes: 'repository', args: () => ['rewrite', '--forget', '--exclude', '*.txt'] },
  { name: 'repair index', writes: 'repository', args: () => ['repair', 'index', '--read-all-packs'] },
  {
    name: 'repair of a lost index',
    writes: 'repository',
    args: () => ['repair', 'index'],
    prepare: ({ repository }) => {
      for (const name of fs.readdirSync(join(repository, 'index')).sort().slice(0, 3))
        fs.rmSync(join(repository, 'index', name));
    },
  },
];

/** Versions by what they hold: a hash of every path, entry and byte. */
export interface Outcome {
  readonly before: ReadonlySet<string>;
  /** What became of each version of before; undefined = removed. */
  readonly became: ReadonlyMap<string, string | undefined>;
  readonly after: ReadonlySet<string>;
  /** From its lock to its end. */
  readonly workedMs: number;
}

export class KillRange {
  readonly #base: string;
  readonly #repository: Repository;
  readonly #second: Repository;
  #rounds = 0;

  private constructor(base: string, repository: Repository, second: Repository) {
    this.#base = base;
    this.#repository = repository;
    this.#second = second;
  }

  /** Fills an empty folder: five versions of which three are left, each with some of its own; a source with news. */
  static async create(base: string): Promise<KillRange> {
    const place = placeAt(join(base, 'template'));
    fs.mkdirSync(place.folder);
    const repository = await makeLocalRepository(place.repository);
    const second = await makeLocalRepository(place.second);
    const tree = new RandomTree(place.source, new SeededRandom(7), { entries: 40, fileBytes: 1 << 20 });
    tree.mutate(30);
    const from = { workingFolder: textToByteString(place.folder) };
    for (let version = 0; version < 5; version++) {
      tree.mutate(20);
      const { snapshotId } = await backUp(repository, 'source', from);
      if (version === 1) await backUp(second, 'source', from);
      if (version % 2 === 1) fs.rmSync(join(place.repository, 'snapshots', snapshotId!));
    }
    tree.mutate(20);
    for (let i = 0; i < 5; i++) fs.writeFileSync(join(place.source, `large ${i}`), noise(4 << 20, i));
    return new KillRange(base, repository, second);
  }

  /** A fresh copy of everything; a backup must find the source at its place. */
  makePlace(operation: KilledOperation): KillPlace {
    const folder = join(this.#base, `round-${this.#rounds++}`);
    const template = placeAt(join(this.#base, 'template'));
    const place = { ...placeAt(folder), source: template.source };
    fs.mkdirSync(folder);
    for (const kind of ['repository', 'second'] as const)
      fs.cpSync(template[kind], place[kind], { recursive: true, preserveTimestamps: true });
    operation.prepare?.(place);
    return place;
  }

  /** Runs it undisturbed. */
  async reference(operation: KilledOperation): Promise<Outcome> {
    const place = this.makePlace(operation);
    // A lost index leaves nothing to read; what was there before it was lost counts.
    const pristine = this.makePlace({ ...operation, prepare: () => undefined });
    const before = await this.#contents(operation, pristine);
    const { run, workedMs } = await this.run(operation, place);
    expectDone(run, operation.name);
    const after = await this.#contents(operation, place);
    const successors = await this.#successors(operation, place);
    const became = new Map<string, string | undefined>();
    for (const [id, content] of before)
      became.set(content, after.has(id) ? content : after.get(successors.get(id) ?? ''));
    for (const { folder } of [place, pristine]) fs.rmSync(folder, { recursive: true });
    return { before: new Set(before.values()), became, after: new Set(after.values()), workedMs };
  }

  run(operation: KilledOperation, place: KillPlace, delayMs?: number): Promise<KilledRun> {
    return killAfterLock(place[operation.writes], delayMs, (onStart) =>
      product(place, operation.writes, operation.args(place), onStart),
    );
  }

  /** Lines that say what is wrong; none when every version is there, or what it became. */
  async wrongAfterKill(
    operation: KilledOperation,
    place: KillPlace,
    { before, became, after }: Outcome,
  ): Promise<string[]> {
    const found = new Set((await this.#contents(operation, place)).values());
    const wrong: string[] = [];
    for (const content of found)
      if (!before.has(content) && !after.has(content))
        wrong.push(`a version holds ${content}, which nobody saved`);
    for (const content of before) {
      const successor = became.get(content);
      const mayGo = successor === undefined || found.has(successor);
      if (!found.has(content) && !mayGo) wrong.push(`the version with ${content} is gone`);
    }
    return [...wrong, ...(await this.#errors(operation, place))];
  }

  /** Names of locks that were cut off while they were written. They are no locks; they go with the next prune (leftAfterPrune). */
  cutOffLocks(operation: KilledOperation, place: KillPlace): readonly string[] {
    return locksIn(place[operation.writes]).filter((name) => UNFINISHED_NAME.test(name));
  }

  /**
   * After the next run has ended well: exactly what an undisturbed run makes, and in the locks' folder nothing at all but what
   * the kill cut off there (`cutOff`).
   */
  async wrongAfterNextRun(
    operation: KilledOperation,
    place: KillPlace,
    { after }: Outcome,
    cutOff: readonly string[],
  ): Promise<string[]> {
    const contents = [...(await this.#contents(operation, place)).values()];
    const wrong = [...after]
      .filter((content) => !contents.includes(content))
      .map((content) => `${content} is missing`);
    wrong.push(
      ...contents.filter((content) => !after.has(content)).map((content) => `${content} is still there`),
    );
    // A killed backup may have saved its version, and the next one saves another.
    const spare = operation.name === 'backup' ? 1 : 0;
    if (contents.length > after.size + spare)
      wrong.push(`${contents.length} versions instead of ${after.size}`);
    if (cutOff.length > 1) wrong.push(`one run has written several locks at a time: ${cutOff.join()}`);
    const locks = locksIn(place[operation.writes]).filter((name) => !cutOff.includes(name));
    if (locks.length > 0) wrong.push(`left locks: ${locks.join()}`);
    return wrong;
  }

  /** Lets unfinished files of killed runs grow old, prunes, and says what is left over. */
  async leftAfterPrune(operation: KilledOperation, place: KillPlace): Promise<string[]> {
    const folder = place[operation.writes];
    for (const path of unfinishedIn(folder)) {
      const { atimeMs } = fs.statSync(path);
      fs.utimesSync(path, atimeMs / 1000 - TWO_DAYS_S, atimeMs / 1000 - TWO_DAYS_S);
    }
    expectDone(await product(place, operation.writes, ['prune', '--max-unused', '0']), 'prune');
    const orphans = await orphansOf(...(await this.#open(operation, place)));
    return [
      ...orphans.map((id) => `pack ${id} is in no index`),
      ...unfinishedIn(folder).map((path) => `unfinished file ${path}`),
      ...(await this.#errors(operation, place)),
    ];
  }

  /** Errors of a check that reads all data; a damage that was there before the operation is none of its. */
  async #errors(operation: KilledOperation, place: KillPlace): Promise<string[]> {
    const troubles = await troublesOf(...(await this.#open(operation, place)));
    return troubles.filter((text) => !/packNotIndexed|packInSeveralIndexes|nodeOdd/.test(text));
  }

  async #contents(operation: KilledOperation, place: KillPlace): Promise<ReadonlyMap<string, string>> {
    return contentsOf(...(await this.#open(operation, place)));
  }

  /** Old ids to the ids of what was made of them. */
  async #successors(operation: KilledOperation, place: KillPlace): Promise<Map<string, string>> {
    const [repository] = await this.#open(operation, place);
    const { snapshots } = await repository.snapshots.loadAll();
    return new Map(snapshots.map(({ id, snapshot }) => [snapshot.original ?? '', id]));
  }

  /** What the operation writes, as a new process sees it. */
  async #open({ writes }: KilledOperation, place: KillPlace): Promise<[Repository, Storage]> {
    const storage = new LocalStorage(place[writes], systemClock);
    await storage.open();
    return [reopen(writes === 'second' ? this.#second : this.#repository, storage), storage];
  }
}

function placeAt(folder: string): KillPlace {
  const at = (name: string): string => join(folder, name);
  return { folder, repository: at('repository'), second: at('second'), source: at('source') };
}

export function product(
  place: KillPlace,
  which: 'repository' | 'second',
  args: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<ProductRun> {
  return tidemark(['-r', place[which], ...args], {
    cwd: dirname(place.source),
    env: { TIDEMARK_PASSWORD: TEST_PASSWORD, TIDEMARK_FROM_PASSWORD: TEST_PASSWORD },
    ...(onStart === undefined ? {} : { onStart }),
  });
}

export function expectDone({ code, stderr }: ProductRun, what: string): void {
  if (code !== 0) throw new Error(`${what} ends with ${code}: ${stderr}`);
}

function locksIn(folder: string): string[] {
  return fs.readdirSync(join(folder, 'locks'));
}

function unfinishedIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => UNFINISHED_NAME.test(name))
    .map(({ parentPath, name }) => join(parentPath, name));
}

function noise(size: number, seed: number): Buffer {
  const random = new SeededRandom(seed + 1);
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE(random.next(), at);
  return bytes;
}

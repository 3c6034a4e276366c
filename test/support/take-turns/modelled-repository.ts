/**
 * What must be in a repository: its versions with their content and what they say of themselves, and its passwords. Held
 * against what is there after every step. Reads the snapshot files with the engine only to learn which file is which version;
 * that they restore to what the model says is shown by the programs.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { SnapshotId } from '#base/ids.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { openTestRepository } from '#test/support/engine.ts';
import type { Picture } from '#test/support/picture.ts';
import type { Repository } from '#repository/repository.ts';
import type { Place } from './turn-program.ts';

/** Of an object, or of the unfinished file that a killed program (ours, theirs) leaves. */
const KNOWN_NAME = /^([0-9a-f]{64}(-tmp-\d+)?|\.tmp-\d+-[0-9a-f]{12})$/;

export interface Version {
  readonly id: string;
  readonly snapshot: Snapshot;
  /** The source as the version must restore it. */
  readonly picture: Picture;
  /** How long the source's list of touched paths was; undefined where the version is not all of the source. */
  readonly touchedBefore: number | undefined;
}

export class ModelledRepository {
  readonly folder: string;
  readonly versions = new Map<string, Version>();
  /** Key ids to their passwords. */
  readonly passwords = new Map<string, string>();
  readonly #repository: Repository;

  private constructor(folder: string, repository: Repository, password: string) {
    this.folder = folder;
    this.#repository = repository;
    this.passwords.set(repository.keyId, password);
  }

  /** Of a repository that was made just now. */
  static async of({ folder, password }: Place): Promise<ModelledRepository> {
    return new ModelledRepository(folder, await openTestRepository(folder, password), password);
  }

  filesOf(kind: 'snapshots' | 'locks' | 'index' | 'keys' | 'data'): string[] {
    return fs
      .readdirSync(join(this.folder, kind), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  }

  snapshotOf(id: string): Promise<Snapshot> {
    return this.#repository.snapshots.load(id as SnapshotId).then(({ snapshot }) => snapshot);
  }

  /** The snapshots that the model does not know yet. */
  async newSnapshots(): Promise<{ id: string; snapshot: Snapshot }[]> {
    const ids = this.filesOf('snapshots').filter((id) => !this.versions.has(id));
    return Promise.all(ids.map(async (id) => ({ id, snapshot: await this.snapshotOf(id) })));
  }

  add(version: Version): void {
    this.versions.set(version.id, version);
  }

  /** Throws when other versions, keys or locks are there than must be, or half-written files. */
  assertAsModelled(): void {
    this.#assertNames('snapshots', this.versions.keys());
    this.#assertNames('keys', this.passwords.keys());
    this.#assertNames('locks', []);
    for (const kind of ['index', 'data'] as const) {
      const odd = this.filesOf(kind).filter((name) => !KNOWN_NAME.test(name));
      if (odd.length > 0) throw new Error(`odd files in ${kind}: ${odd.join(', ')}`);
    }
  }

  /** A lock of a machine that vanished hours ago. */
  async plantStaleLock(exclusive: boolean): Promise<void> {
    const lock = { exclusive, hostname: 'elsewhere', username: 'somebody', pid: 12345, uid: 1, gid: 1 };
    await this.#repository.lockFiles().save({ time: '2024-01-01T00:00:00Z', ...lock });
  }

  /** A name that no other key has as its password. */
  freshPassword(): string {
    return randomUUID();
  }

  #assertNames(kind: 'snapshots' | 'keys' | 'locks', expected: Iterable<string>): void {
    const [must, found] = [[...expected], this.filesOf(kind)];
    const missing = must.filter((name) => !found.includes(name)).map((name) => `${name} is missing`);
    const extra = found.filter((name) => !must.includes(name)).map((name) => `${name} is extra`);
    if (missing.length + extra.length > 0)
      throw new Error(`${kind} of ${this.folder}: ${[...missing, ...extra].join(', ')}`);
  }
}

/**
 * Lock files of one repository as several clients see them, without cryptography: a board that all of them read and write.
 * Every operation can be made to wait for its turn, so that a test can play any order of them, or to fail.
 */
import type { LockId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import type { Lock } from '#format/lock.ts';
import type { LockFiles } from '#repository/find-locks.ts';

export type LockStep = 'list' | 'load' | 'save' | 'assertKept' | 'exists' | 'remove';

export class LockBoard {
  /** `empty` and `damaged` files are no locks. */
  readonly locks = new Map<LockId, Lock | 'empty' | 'damaged'>();
  #count = 0;

  /** `turn` is awaited before each operation takes effect. */
  filesOf(
    turn: (step: LockStep) => Promise<void> = () => Promise.resolve(),
    dead: ReadonlySet<LockId> = new Set(),
  ): LockFiles & { readonly forgotten: LockId[]; readonly abandoned: LockId[] } {
    const forgotten: LockId[] = [];
    const abandoned: LockId[] = [];
    return {
      location: 'place',
      forgotten,
      abandoned,
      list: async () => {
        await turn('list');
        return [...this.locks].map(([id, lock]) => ({ id, sizeBytes: lock === 'empty' ? 0 : 100 }));
      },
      load: async (id) => {
        await turn('load');
        const lock = this.locks.get(id);
        if (lock === 'damaged')
          throw new TidemarkError('integrity.fileCorrupt', { kind: 'lock', id, reason: 'cut off' });
        return lock === 'empty' ? undefined : lock;
      },
      save: async (lock) => {
        await turn('save');
        return this.put(lock);
      },
      assertKept: async (id) => {
        await turn('assertKept');
        if (!this.locks.has(id))
          throw new TidemarkError('storage.notKept', { location: 'place', kind: 'lock', name: id });
      },
      exists: async (id) => {
        await turn('exists');
        return this.locks.has(id);
      },
      remove: async (id) => {
        await turn('remove');
        if (!this.locks.delete(id))
          throw new TidemarkError('storage.objectMissing', { kind: 'lock', name: id });
      },
      ownDead: () => dead,
      forget: (id) => void forgotten.push(id),
      abandon: (id) => void abandoned.push(id),
    };
  }

  put(lock: Lock | 'empty' | 'damaged'): LockId {
    const id = String(++this.#count).padStart(64, '0') as LockId;
    this.locks.set(id, lock);
    return id;
  }

  get ids(): LockId[] {
    return [...this.locks.keys()];
  }
}

/**
 * What this storage saved and removed itself, as far as no list has shown it yet. Some clouds answer from a list that is some
 * time behind; nobody must be told that a file which he has just saved is not there. Holds names only, each until a list
 * agrees or the place, asked for that one file, says otherwise.
 */
import type { StorageFileType } from '#storage/port.ts';

interface Changes {
  readonly saved: Set<string>;
  readonly removed: Set<string>;
}

export class OwnChanges {
  readonly #byType = new Map<StorageFileType, Changes>();

  noteSaved(type: StorageFileType, name: string): void {
    const { saved, removed } = this.#of(type);
    saved.add(name);
    removed.delete(name);
  }

  noteRemoved(type: StorageFileType, name: string): void {
    const { saved, removed } = this.#of(type);
    saved.delete(name);
    removed.add(name);
  }

  /**
   * Corrects a list: sizes by name.
   * @param ask the size of one file as the place knows it; undefined: it has none of that name
   */
  async correct(
    type: StorageFileType,
    listed: Map<string, number>,
    ask: (name: string) => Promise<number | undefined>,
  ): Promise<void> {
    const { saved, removed } = this.#of(type);
    for (const name of saved) {
      if (!listed.has(name)) {
        const sizeBytes = await ask(name);
        if (sizeBytes !== undefined) {
          listed.set(name, sizeBytes);
          continue;
        }
      }
      saved.delete(name);
    }
    for (const name of removed) {
      if (listed.has(name) && (await ask(name)) === undefined) listed.delete(name);
      else removed.delete(name);
    }
  }

  #of(type: StorageFileType): Changes {
    const known = this.#byType.get(type);
    if (known !== undefined) return known;
    const changes: Changes = { saved: new Set(), removed: new Set() };
    this.#byType.set(type, changes);
    return changes;
  }
}

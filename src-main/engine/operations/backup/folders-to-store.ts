/** Folders whose trees are complete, in the order in which they became so; handed out in batches that make a job worth its message. */
import type { ByteString } from '#base/byte-string.ts';
import type { FolderInProgress } from './folder-in-progress.ts';

/** Trees per job, and characters after which a job is full. */
const TREES_PER_STORE = 64;
const TEXT_PER_STORE = 1 << 20;

export class FoldersToStore {
  readonly #folders: FolderInProgress[] = [];

  get isEmpty(): boolean {
    return this.#folders.length === 0;
  }

  get fillsJob(): boolean {
    return this.#folders.length >= TREES_PER_STORE;
  }

  add(folder: FolderInProgress): void {
    this.#folders.push(folder);
  }

  /** The folders let go of their texts. */
  takeBatch(most = TREES_PER_STORE): {
    readonly folders: readonly FolderInProgress[];
    readonly nodeTexts: readonly ByteString[];
  } {
    const folders: FolderInProgress[] = [];
    const nodeTexts: ByteString[] = [];
    let length = 0;
    while (!this.isEmpty && folders.length < most && length < TEXT_PER_STORE) {
      const folder = this.#folders.shift()!;
      const text = folder.takeText();
      length += text.length;
      folders.push(folder);
      nodeTexts.push(text);
    }
    return { folders, nodeTexts };
  }
}

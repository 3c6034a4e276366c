/** Whether a found file has the content that is looked for by its hash, where its blobs' ids do not say: then it is read, each content once. */
import { bytesToId } from '#base/ids.ts';
import type { Repository } from '#repository/repository.ts';
import { readContent } from '../read-content.ts';
import type { FoundNode } from './found-cache.ts';
import type { ContentHasher } from './types.ts';

export class ContentProof {
  readonly #repository: Repository;
  readonly #wanted: string;
  readonly #createHasher: () => ContentHasher;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, boolean>();

  constructor(
    repository: Repository,
    wanted: Uint8Array,
    createHasher: () => ContentHasher,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#wanted = bytesToId(wanted);
    this.#createHasher = createHasher;
    this.#signal = signal;
  }

  /** @throws integrity errors, job.cancelled */
  async holds({ node, contentKey }: FoundNode): Promise<boolean> {
    // The workers have judged those whose content they left out.
    if (node.content === null || node.content.length === 0) return true;
    let isSame = this.#known.get(contentKey);
    if (isSame === undefined) {
      const hasher = this.#createHasher();
      for await (const bytes of readContent(this.#repository, node, this.#signal)) hasher.update(bytes);
      isSame = bytesToId(hasher.digest()) === this.#wanted;
      this.#known.set(contentKey, isSame);
    }
    return isSame;
  }
}

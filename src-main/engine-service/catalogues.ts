/**
 * The catalogues of this process: opened when they are first asked, a few at a time, closed when nobody has asked for
 * some minutes, because each is in memory as a whole. Owns no truth: what is lost here is read from the place again.
 */
import type { Clock } from '#base/clock.ts';
import { Catalogue } from '#catalogue/catalogue.ts';
import type { CatalogueDisk } from '#catalogue/catalogue-file.ts';

const MOST_OPEN = 3;
const IDLE_MS = 10 * 60_000;

interface OpenCatalogue {
  readonly catalogue: Promise<Catalogue>;
  usedAtMs: number;
  uses: number;
}

export interface CataloguesParts {
  readonly clock: Clock;
  readonly disk: CatalogueDisk;
  onTrouble(reason: string): void;
}

export class Catalogues {
  readonly #parts: CataloguesParts;
  readonly #open = new Map<string, OpenCatalogue>();
  readonly #closing = new AbortController();
  #isSweeping = false;

  constructor(parts: CataloguesParts) {
    this.#parts = parts;
  }

  /** @throws what `work` throws */
  async with<T>(repositoryId: string, work: (catalogue: Catalogue) => Promise<T> | T): Promise<T> {
    const { clock, disk, onTrouble } = this.#parts;
    let entry = this.#open.get(repositoryId);
    if (entry === undefined) {
      entry = {
        catalogue: Catalogue.open({ repositoryId, disk, clock, onTrouble }),
        usedAtMs: clock.monotonicMs(),
        uses: 0,
      };
      this.#open.set(repositoryId, entry);
    }
    entry.uses++;
    try {
      return await work(await entry.catalogue);
    } finally {
      entry.uses--;
      entry.usedAtMs = clock.monotonicMs();
      await this.#closeBeyond(MOST_OPEN);
      void this.#sweep();
    }
  }

  async remove(repositoryId: string): Promise<void> {
    await this.#close(repositoryId);
    await Catalogue.remove(this.#parts.disk, repositoryId);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const id of this.#open.keys()) await this.#close(id);
  }

  async #close(repositoryId: string): Promise<void> {
    const entry = this.#open.get(repositoryId);
    this.#open.delete(repositoryId);
    await (await entry?.catalogue)?.close();
  }

  /** The ones that were not asked for longest. */
  async #closeBeyond(most: number, unusedSinceMs = Number.POSITIVE_INFINITY): Promise<void> {
    const idle = [...this.#open]
      .filter(([, { uses, usedAtMs }]) => uses === 0 && usedAtMs <= unusedSinceMs)
      .sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
    const surplus = Math.max(0, this.#open.size - most);
    for (const [id] of idle.slice(0, surplus)) await this.#close(id);
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      while (this.#open.size > 0) {
        await this.#parts.clock.sleep(IDLE_MS, this.#closing.signal);
        await this.#closeBeyond(0, this.#parts.clock.monotonicMs() - IDLE_MS);
      }
    } catch {
      // The process ends.
    } finally {
      this.#isSweeping = false;
    }
  }
}

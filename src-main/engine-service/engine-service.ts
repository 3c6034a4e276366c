/** What the handlers of the engine's calls share. */
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { EngineCalls } from '#contract/engine/engine-calls.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import type { Repository } from '#repository/repository.ts';
import { Catalogues } from './catalogues.ts';
import type { EngineParts, JobThreads } from './engine-parts.ts';
import { OpenPlaces, type PlaceUse } from './open-places.ts';

export type EngineHandlers = CallHandlers<EngineCalls>;

export class EngineService {
  readonly parts: EngineParts;
  readonly places: OpenPlaces;
  readonly catalogues: Catalogues;

  constructor(parts: EngineParts) {
    this.parts = parts;
    this.places = new OpenPlaces(parts);
    this.catalogues = new Catalogues({
      clock: parts.clock,
      disk: parts.catalogueDisk,
      onTrouble: (reason) => parts.log?.(`a catalogue: ${reason}`),
    });
  }

  /** When no call is under way any more. */
  async close(): Promise<void> {
    this.places.close();
    await this.catalogues.close();
  }

  /** As `places.with`, with threads that load meanwhile. */
  async withThreads<T>(
    access: PlaceAccess,
    use: PlaceUse & { readonly mostThreads?: number | undefined },
    work: (repository: Repository, threads: JobThreads) => Promise<T>,
  ): Promise<T> {
    const threads = this.parts.createThreads(use.mostThreads);
    threads.warmUp();
    try {
      return await this.places.with(access, use, (repository) => work(repository, threads));
    } finally {
      await threads.close();
    }
  }
}

/** What the engine's calls need of the process that carries them. */
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import type { PlaceAddress } from '#contract/engine/engine-values.ts';
import type { Login } from '#contract/login-names.ts';
import type { CatalogueDisk } from '#catalogue/catalogue-file.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import type { SecretStore } from '#services/secrets/secret-store.ts';

/** Threads for one job. */
export interface JobThreads extends PipelineHost {
  /** They load while the place is being opened. */
  warmUp(): void;
  /** Ends those that were never used. */
  close(): Promise<void>;
}

export interface EngineParts {
  readonly clock: Clock;
  readonly identity: Identity;
  /** As snapshots name it. */
  readonly programVersion: string;
  /**
   * For the repository at a location, its storage not opened yet. `isBrief`: somebody looks on, so nothing is tried again for
   * long. @throws request.invalidInput
   */
  createPorts(address: PlaceAddress, login: Login, isBrief?: boolean): RepositoryPorts;
  /** `most`: a small job is not worth more. */
  createThreads(most?: number): JobThreads;
  /** Where catalogues are kept between runs; nothing there is ever needed. */
  readonly catalogueDisk: CatalogueDisk;
  /** Beyond the end of the process. */
  readonly keychain: SecretStore;
  /** Until then. */
  readonly session: SecretStore;
  /** Without secrets and paths. */
  log?(text: string): void;
}

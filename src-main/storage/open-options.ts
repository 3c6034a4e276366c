/** What every kind of place is opened with. */
import type { Clock } from '#base/clock.ts';
import type { PlaceSettings } from '#storage/locations/place-settings.ts';

export interface OpenOptions {
  readonly clock: Clock;
  /** Credentials, certificates and proxies, under the names that restic gives them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings?: PlaceSettings | undefined;
  /** Keys of SSH servers that the person has trusted here, besides those that ssh knows. */
  readonly ownKnownHostsFile?: string;
}

/** Which two versions are compared, the older one first. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import type { PlacedItem, Version } from './strip-view.ts';
import { versionAt } from './use-subject.ts';

export type Against = 'newest' | 'previous' | 'second';

export interface PlacedVersion {
  readonly path: WirePath;
  readonly version: Version;
}

export interface VersionPair {
  readonly before: PlacedVersion;
  readonly after: PlacedVersion;
}

/** @param secondMs the other moment. Undefined: there is no other version to compare with */
export function pairOf(
  items: readonly PlacedItem[],
  current: PlacedVersion,
  against: Against,
  secondMs: number | undefined,
): VersionPair | undefined {
  const other = otherOf(items, current, against, secondMs);
  if (other === undefined || other.version.from.snapshotId === current.version.from.snapshotId)
    return undefined;
  return other.version.from.timeMs <= current.version.from.timeMs
    ? { before: other, after: current }
    : { before: current, after: other };
}

function otherOf(
  items: readonly PlacedItem[],
  current: PlacedVersion,
  against: Against,
  secondMs: number | undefined,
): PlacedVersion | undefined {
  const versions = items.flatMap(({ path, item }) =>
    item.kind === 'version' ? [{ path, version: item }] : [],
  );
  switch (against) {
    case 'newest':
      return versions[0];
    case 'previous':
      return versions.find(({ version }) => version.from.timeMs < current.version.from.timeMs);
    case 'second': {
      const version = secondMs === undefined ? undefined : versionAt(items, current.path, secondMs);
      return version === undefined ? undefined : { path: current.path, version };
    }
  }
}

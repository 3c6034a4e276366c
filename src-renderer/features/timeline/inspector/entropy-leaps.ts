/**
 * Versions whose contents look random all at once: what could be compressed before cannot be any more, and the size is much
 * the same. As when something encrypts a file; also when somebody packs it under the same name. Pure.
 */
import type { WirePath } from '#contract/app/values.ts';
import { rowKey, type PlacedItem, type Version } from './strip-view.ts';

interface Side {
  readonly snapshotId: string;
  readonly path: WirePath;
}

export interface Suspect {
  /** Of the newer of the two. */
  readonly key: string;
  readonly before: Side;
  readonly after: Side;
}

/** Newest first; with more nobody looks at each. */
const MOST_SUSPECTS = 12;
/** Smaller ones are never compressed by much. */
const LEAST_BYTES = 4_096;
const MOST_TIMES_LARGER = 2;
const COMPRESSIBLE_BELOW = 0.8;
const RANDOM_ABOVE = 0.97;

/** Whose contents differ while their size is much the same. */
export function suspectsOf(items: readonly PlacedItem[]): readonly Suspect[] {
  const versions = items.flatMap(({ item, path }) =>
    item.kind === 'version' ? [{ version: item, path }] : [],
  );
  return versions
    .flatMap(({ version, path }, at): readonly Suspect[] => {
      const older = versions[at + 1];
      if (older === undefined || !isAlike(older.version, version)) return [];
      const [before, after] = [sideOf(older), sideOf({ version, path })];
      return before === undefined || after === undefined
        ? []
        : [{ key: rowKey(version, path), before, after }];
    })
    .slice(0, MOST_SUSPECTS);
}

/** @param shares what is stored of each size, before and after, suspect by suspect */
export function leapsOf(
  suspects: readonly Suspect[],
  shares: readonly (number | null)[],
): ReadonlySet<string> {
  const leaps = suspects.filter((_, at) => {
    const [before, after] = [shares[2 * at] ?? null, shares[2 * at + 1] ?? null];
    return before !== null && after !== null && before < COMPRESSIBLE_BELOW && after > RANDOM_ABOVE;
  });
  return new Set(leaps.map(({ key }) => key));
}

function isAlike(older: Version, newer: Version): boolean {
  const [least, most] = [older.sizeBytes, newer.sizeBytes].toSorted((one, other) => one - other) as [
    number,
    number,
  ];
  return (
    older.entryKind === 'file' &&
    newer.entryKind === 'file' &&
    older.content !== newer.content &&
    least >= LEAST_BYTES &&
    most <= least * MOST_TIMES_LARGER
  );
}

function sideOf({ version, path }: { version: Version; path: WirePath }): Side | undefined {
  return version.fetchFrom && { snapshotId: version.fetchFrom.snapshotId, path };
}

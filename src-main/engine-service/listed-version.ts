/** A snapshot as the core lists it. */
import { textToByteString } from '#base/byte-string.ts';
import type { ListedVersion } from '#contract/engine/engine-values.ts';
import { parseTime } from '#format/time.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';

/** Undefined for one without a tree, which holds nothing. */
export function toListedVersion({ id, snapshot }: StoredSnapshot): ListedVersion | undefined {
  const { tree, time } = snapshot;
  if (tree === null) return undefined;
  const { sec, nsec } = parseTime(time);
  return {
    snapshotId: id,
    time,
    timeMs: sec * 1000 + Math.floor(nsec / 1e6),
    tree,
    hostname: snapshot.hostname ?? '',
    username: snapshot.username ?? '',
    paths: snapshot.paths.map(textToByteString),
    tags: snapshot.tags,
    original: snapshot.original ?? null,
  };
}

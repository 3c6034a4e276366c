/**
 * Which snapshots belong together: by host, paths and tags as restic groups them, or by series. A series is one
 * protected set of folders for as long as it exists, whatever is added to it and whatever the machine is called; a tag
 * names it. Snapshots without that tag are the series of their host and paths, so that foreign ones have one too.
 */
import { TidemarkError } from '#base/errors.ts';
import type { Snapshot } from '#format/snapshot.ts';

export type GroupField = 'host' | 'paths' | 'tags' | 'series';

export const DEFAULT_GROUPING: readonly GroupField[] = ['host', 'paths'];

/** Only the fields grouped by. Lists are sorted: the order in which they were given makes no difference. */
export interface GroupKey {
  readonly hostname?: string;
  readonly paths?: readonly string[];
  readonly tags?: readonly string[];
  /** Id of the series; absent for snapshots that have none, which then have host and paths. */
  readonly series?: string;
}

export interface SnapshotGroup<Stored> {
  readonly key: GroupKey;
  /** In the order given. */
  readonly snapshots: readonly Stored[];
}

interface WithSnapshot {
  readonly snapshot: Snapshot;
}

/** The tag `tidemark-series=<id>`; the id is any text without a comma. */
const SERIES_TAG_PREFIX = 'tidemark-series=';

export function seriesTag(seriesId: string): string {
  return SERIES_TAG_PREFIX + seriesId;
}

/** Whether a tag names a series. */
export function isSeriesTag(tag: string): boolean {
  return tag.startsWith(SERIES_TAG_PREFIX) && tag !== SERIES_TAG_PREFIX;
}

/** The id in a tag that names a series. */
export function seriesIdIn(tag: string): string {
  return tag.slice(SERIES_TAG_PREFIX.length);
}

/** Of several (somebody merged tags) the first in order, so that the answer does not depend on their order. */
function seriesIdOf({ tags }: Snapshot): string | undefined {
  const [first] = tags.filter(isSeriesTag).toSorted();
  return first === undefined ? undefined : seriesIdIn(first);
}

/** Equal for two snapshots exactly when they are of one series: its id, or host and paths as JSON. */
export function seriesKey(snapshot: Snapshot): string {
  return seriesIdOf(snapshot) ?? JSON.stringify([snapshot.hostname, snapshot.paths.toSorted()]);
}

/** Groups come in the order of their first snapshot. No fields: one group. */
export function groupSnapshots<Stored extends WithSnapshot>(
  snapshots: readonly Stored[],
  fields: readonly GroupField[],
): SnapshotGroup<Stored>[] {
  const groups = new Map<string, { key: GroupKey; snapshots: Stored[] }>();
  for (const stored of snapshots) {
    const key = groupKey(stored.snapshot, fields);
    const text = JSON.stringify(key);
    const group = groups.get(text) ?? { key, snapshots: [] };
    group.snapshots.push(stored);
    groups.set(text, group);
  }
  return [...groups.values()];
}

function groupKey(snapshot: Snapshot, fields: readonly GroupField[]): GroupKey {
  const series = fields.includes('series') ? seriesIdOf(snapshot) : undefined;
  const isBySeriesWithoutOne = fields.includes('series') && series === undefined;
  return {
    ...(fields.includes('host') || isBySeriesWithoutOne ? { hostname: snapshot.hostname } : {}),
    ...(fields.includes('paths') || isBySeriesWithoutOne ? { paths: snapshot.paths.toSorted() } : {}),
    ...(fields.includes('tags') ? { tags: snapshot.tags.toSorted() } : {}),
    ...(series === undefined ? {} : { series }),
  };
}

const FIELD_NAMES: Readonly<Record<string, GroupField>> = {
  host: 'host',
  hosts: 'host',
  path: 'paths',
  paths: 'paths',
  tag: 'tags',
  tags: 'tags',
  series: 'series',
};

/** `host,paths`; the empty text: one group. @throws request.invalidInput */
export function parseGrouping(text: string): GroupField[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.map((name) => {
    const field = Object.hasOwn(FIELD_NAMES, name) ? FIELD_NAMES[name] : undefined;
    if (field !== undefined) return field;
    throw new TidemarkError('request.invalidInput', {
      what: `--group-by ${text}`,
      reason: 'use host, paths, tags or series, separated by commas, or an empty text for one group',
    });
  });
}

/**
 * What the inspector looks at: the one item that is chosen, all its versions, and the one of them at the moment in view,
 * with the point its contents can be fetched from.
 */
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer, type Answer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { nameKey } from '../../../text/show-name.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView, type SelectedItem } from '../view-store.ts';
import { loadStrip, type Strip } from './load-strip.ts';
import type { PlacedItem, Version } from './strip-view.ts';

/** A file at a point: what the core is asked for contents by. */
export interface ContentAt {
  readonly placeId: string;
  readonly snapshotId: string;
  readonly path: WirePath;
  readonly sizeBytes: number;
  /** Equal where contents are equal. */
  readonly content: string;
}

export interface Subject {
  readonly item: SelectedItem;
  readonly strip: Answer<Strip>;
  /** At the moment in view, or the last one before it. */
  readonly current: Version | undefined;
  readonly placeId: string;
  readonly series: string;
}

/** Undefined where not exactly one item is chosen. */
export function useSubject(): Subject | undefined {
  const { calls } = useCore();
  const { placeId, series, point, newest, points } = useHistory();
  const selection = useHistoryView((view) => view.selection);
  const item = selection.length === 1 ? selection[0] : undefined;
  const strip = useAnswer(
    item === undefined || placeId === null || series === null
      ? null
      : (signal) => loadStrip(calls, { placeId, series, path: item.path }, signal),
    [placeId, series, item && nameKey(item.path), newest?.snapshotId, points.length],
  );
  if (item === undefined || placeId === null || series === null) return undefined;
  const current =
    strip.value === undefined || point === undefined
      ? undefined
      : versionAt(strip.value.items, item.path, point.timeMs);
  return { item, strip, current, placeId, series };
}

/** The version of a path at a moment, or the last one before it; else the first one after it. */
export function versionAt(items: readonly PlacedItem[], path: WirePath, atMs: number): Version | undefined {
  const key = nameKey(path);
  const versions = items.flatMap(({ item, path: own }) =>
    item.kind === 'version' && nameKey(own) === key ? [item] : [],
  );
  return versions.find(({ from }) => from.timeMs <= atMs) ?? versions.at(-1);
}

/** Null: its contents cannot be had, or it has none. */
export function contentOf(version: Version, placeId: string, path: WirePath): ContentAt | null {
  if (version.entryKind !== 'file' || version.fetchFrom === undefined) return null;
  return {
    placeId,
    path,
    snapshotId: version.fetchFrom.snapshotId,
    sizeBytes: version.sizeBytes,
    content: version.content,
  };
}

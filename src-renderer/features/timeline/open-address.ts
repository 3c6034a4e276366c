/** What an address of the page asks for, found among what there is: `place`, `series`, `folder`, `path`, `at`, `select`. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import { pointAt, type Source } from './sources.ts';
import { isWithin, parentPath } from './wire-path.ts';

export interface Opening {
  readonly placeId: string;
  readonly series: string;
  readonly folder: WirePath;
  /** Null: now. */
  readonly pointId: string | null;
  readonly select: readonly WirePath[];
  /** Nothing was asked for. */
  readonly isFromNowhere: boolean;
}

/** @returns undefined where there is nothing to look at */
export function readOpening(query: URLSearchParams, sources: readonly Source[]): Opening | undefined {
  const wantedPath = pathOf(query.get('path'));
  const wantedFolder = pathOf(query.get('folder')) ?? (wantedPath === null ? null : parentPath(wantedPath));
  const place = query.get('place');
  const series = query.get('series');
  const fitting = sources
    .filter((one) => (place === null || one.placeId === place) && (series === null || one.series === series))
    .toSorted((one, other) => Number(holds(other, wantedFolder)) - Number(holds(one, wantedFolder)));
  const source = fitting[0] ?? sources[0];
  if (source === undefined) return undefined;
  const select = query.getAll('select').flatMap((text) => pathOf(text) ?? []);
  return {
    placeId: source.placeId,
    series: source.series,
    folder: wantedFolder ?? source.topFolder,
    pointId: pointOf(query.get('at'), source),
    select: wantedPath === null ? select : [wantedPath, ...select],
    isFromNowhere: [...query.keys()].length === 0,
  };
}

function holds({ points }: Source, folder: WirePath | null): boolean {
  return (
    folder === null ||
    (points.at(-1)?.paths.some((path) => isWithin(folder, path) || isWithin(path, folder)) ?? false)
  );
}

function pointOf(at: string | null, { points }: Source): string | null {
  if (at === null || at === 'now') return null;
  const byId = points.find(({ snapshotId, original }) => snapshotId === at || original === at);
  const atMs = Number(at);
  return (
    (byId ?? (at !== '' && Number.isFinite(atMs) ? pointAt(points, atMs) : undefined))?.snapshotId ?? null
  );
}

/** A path of bytes that are no text comes as JSON of its wire form. */
function pathOf(text: string | null): WirePath | null {
  if (text === null || text === '') return null;
  if (!text.startsWith('{"base64"')) return text;
  try {
    const { base64 } = JSON.parse(text) as { base64?: unknown };
    return typeof base64 === 'string' ? { base64 } : text;
  } catch {
    return text;
  }
}

/** The facts of an item as pairs of words. Pure. */
import { TOGETHER_MS, type Source } from '../sources.ts';
import type { Point } from '../wire-types.ts';
import { ownerWords, permissionSigns, permissionWords } from './owner-words.ts';
import type { StripSpeech, Version } from './strip-view.ts';
import type { OwnerTold } from './use-owner.ts';
import type { Subject } from './use-subject.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** As computers write it, before the value. */
  readonly code?: string;
}

type Elsewhere = Source['elsewhere'][number];

/** So much of it tells two contents apart for people. */
const CONTENT_SIGNS = 16;

export function aboutFacts(
  about: {
    readonly subject: Pick<Subject, 'item' | 'strip' | 'current'>;
    readonly point: Point | undefined;
    readonly placeNames: readonly string[];
    /** What of each of them was read and found whole, in words. */
    readonly verified: readonly string[];
    readonly owner: OwnerTold;
  },
  { words, formats, nowMs }: StripSpeech,
): readonly Fact[] {
  const { subject, point, placeNames, verified, owner } = about;
  const { item, current } = subject;
  const versions = (subject.strip.value?.items ?? []).flatMap((placed) =>
    placed.item.kind === 'version' ? [placed.item] : [],
  );
  const [newest] = versions;
  const oldest = versions.at(-1);
  const kind = current?.entryKind ?? item.kind;
  const facts: (Fact | null)[] = [
    { name: words.kind, value: words.kinds[kind] },
    kind === 'file'
      ? { name: words.size, value: sizeOf(current?.sizeBytes ?? item.sizeBytes, formats) }
      : null,
    { name: words.modified, value: formats.fullMoment(current?.modifiedMs ?? item.modifiedMs) },
    ...ownerFacts(owner, kind, words),
    oldest === undefined ? null : { name: words.firstSeenAt, value: formats.fullMoment(oldest.from.timeMs) },
    newest === undefined ? null : { name: words.lastSeenAt, value: formats.fullMoment(newest.to.timeMs) },
    versions.length === 0 ? null : { name: words.versionCount, value: formats.count(versions.length) },
    placeNames.length === 0 ? null : { name: words.keptFor, value: formats.list(placeNames) },
    verified.length === 0 ? null : { name: words.verified, value: verified.join(' · ') },
    point === undefined ? null : { name: words.savedOn, value: formats.moment(point.timeMs, nowMs) },
    point === undefined ? null : { name: words.savedBy, value: savedBy(point) },
    point === undefined || point.label === null
      ? null
      : {
          name: words.pointLabel,
          value: point.isKept ? `${point.label} (${words.keptForEver})` : point.label,
        },
    current === undefined || kind !== 'file'
      ? null
      : { name: words.contentId, value: current.content.slice(0, CONTENT_SIGNS) },
  ];
  return facts.filter((fact) => fact !== null);
}

function ownerFacts(
  owner: OwnerTold,
  kind: Version['entryKind'],
  words: StripSpeech['words'],
): readonly Fact[] {
  if (owner === null) return [];
  if ('words' in owner) return [{ name: words.owner, value: owner.words }];
  const whose = { name: words.owner, value: ownerWords(owner, words) };
  // Of a link they mean nothing.
  if (kind === 'symlink') return [whose];
  const { permissions } = owner;
  return [
    whose,
    {
      name: words.permissions,
      value: permissionWords(permissions, kind === 'folder', words),
      code: permissionSigns(permissions),
    },
  ];
}

/**
 * Those that hold the version in view: this one, and others that have a point from its time. Where no version is known, a point
 * of the same backup.
 */
export function placesOf(
  seen: {
    readonly placeName: string;
    readonly point: Pick<Point, 'timeMs'> | undefined;
    readonly source: { readonly elsewhere: readonly Pick<Elsewhere, 'placeName' | 'wholeMs'>[] } | undefined;
  },
  version: Pick<Version, 'from' | 'to'> | undefined,
): readonly string[] {
  const from = version?.from ?? seen.point;
  const to = version?.to ?? seen.point;
  const others = seen.source?.elsewhere.filter(
    ({ wholeMs }) =>
      from !== undefined &&
      to !== undefined &&
      wholeMs.some((atMs) => atMs >= from.timeMs - TOGETHER_MS && atMs <= to.timeMs + TOGETHER_MS),
  );
  return [...new Set([seen.placeName, ...(others ?? []).map(({ placeName }) => placeName)])].filter(
    (name) => name !== '',
  );
}

function sizeOf(sizeBytes: number, formats: StripSpeech['formats']): string {
  const rounded = formats.bytes(sizeBytes);
  return sizeBytes < 1000 ? rounded : `${rounded} (${formats.count(sizeBytes)})`;
}

function savedBy({ username, hostname }: Point): string {
  return username === '' ? hostname : `${username}@${hostname}`;
}

/**
 * The version strip of a path as it is drawn: one block per distinct version, newest on top, its length by the logarithm
 * of how long it lasted; gaps between; a letter for content that comes back; what looks wrong. Pure.
 */
import type { Answers } from '../wire-types.ts';
import type { WirePath } from '#contract/app/values.ts';
import type { Formats } from '../../../text/formats.ts';
import type { Words } from '../../../text/language.ts';
import { nameKey, showName } from '../../../text/show-name.ts';

export type StripItem = Answers<'browse.versions'>['items'][number];
export type Version = Extract<StripItem, { kind: 'version' }>;
export type Gap = Extract<StripItem, { kind: 'gap' }>;

/** A version or gap, and the path that it had: another one before a move. */
export interface PlacedItem {
  readonly path: WirePath;
  readonly item: StripItem;
}

export interface VersionRow {
  readonly kind: 'version';
  readonly key: string;
  readonly path: WirePath;
  readonly version: Version;
  readonly title: string;
  readonly facts: string;
  readonly lasted: string;
  readonly heightPx: number;
  /** first: the oldest known. other: under another path. */
  readonly tone: 'first' | 'changed' | 'other';
  /** The same for all versions of the same content; null: no other has it. */
  readonly chip: number | null;
  readonly chipWords: string;
  readonly warning: string | null;
}

export interface GapRow {
  readonly kind: 'gap';
  readonly key: string;
  readonly words: string;
  readonly heightPx: number;
}

export interface StripSpeech {
  readonly words: Words['inspector'];
  readonly formats: Formats;
  readonly nowMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Room for two lines; what lasted longer is taller, a year about twice as tall. */
const LEAST_PX = 52;
const PX_PER_E = 6;
const GAP_PX = 26;
/** From here on the day says enough. */
const DAYS_ALONE_MS = 3 * DAY_MS;
const SHRUNK_TO = 0.1;

/**
 * @param items newest first
 * @param leaps keys of rows whose contents look random all at once
 */
export function stripRows(
  items: readonly PlacedItem[],
  speech: StripSpeech,
  leaps: ReadonlySet<string> = new Set(),
): readonly (VersionRow | GapRow)[] {
  const chips = chipsOf(items);
  const [newest] = items;
  return items.map(({ item, path }, index): VersionRow | GapRow => {
    if (item.kind === 'gap') return gapRow(item, path, speech);
    const newer = items[index - 1]?.item;
    const older = items.slice(index + 1).find(isVersion)?.item;
    const isCurrent = item.isNewest && index === 0;
    const endMs = isCurrent ? speech.nowMs : newer?.kind === 'version' ? newer.from.timeMs : item.to.timeMs;
    return {
      kind: 'version',
      key: rowKey(item, path),
      path,
      version: item,
      title: titleOf(item, endMs, isCurrent, speech),
      facts: factsOf(item, older, { isCurrent, path, newestPath: newest?.path ?? path }, speech),
      // Seen at one point alone, nobody knows how long it was there.
      lasted: endMs > item.from.timeMs ? speech.formats.span(endMs - item.from.timeMs) : '',
      heightPx: heightOf(endMs - item.from.timeMs),
      tone: isElsewhere(path, newest) ? 'other' : older === undefined ? 'first' : 'changed',
      chip: chips.get(item.content) ?? null,
      chipWords: chipWordsOf(item, items, speech),
      warning:
        warningOf(item, older, speech.words) ??
        (leaps.has(rowKey(item, path)) ? speech.words.becameRandom : null),
    };
  });
}

/** Of one version under one path: the same after the list has grown. */
export function rowKey(version: Version, path: WirePath): string {
  return `${nameKey(path)}@${version.from.snapshotId}`;
}

/** "5 versions, the first 8 months ago". */
export function stripSummary(items: readonly PlacedItem[], { words, formats, nowMs }: StripSpeech): string {
  const versions = items.filter(isVersion);
  const oldest = versions.at(-1)?.item;
  if (oldest === undefined) return words.noVersions;
  return words.versionsSince(versions.length, formats.ago(oldest.from.timeMs, nowMs));
}

/** Natural logarithm: an hour and a day, a month and a year are told apart alike. */
export function heightOf(lastedMs: number): number {
  return Math.round(LEAST_PX + PX_PER_E * Math.log1p(Math.max(0, lastedMs) / HOUR_MS));
}

function gapRow(gap: Gap, path: WirePath, { words, formats }: StripSpeech): GapRow {
  const lengthMs = gap.seenAgain.timeMs - gap.lastSeen.timeMs;
  return {
    kind: 'gap',
    key: `${nameKey(path)}-${gap.lastSeen.snapshotId}`,
    words: words.notThereFor(formats.about(lengthMs)),
    heightPx: Math.round(GAP_PX + (heightOf(lengthMs) - LEAST_PX) / 3),
  };
}

function titleOf(version: Version, endMs: number, isCurrent: boolean, speech: StripSpeech): string {
  const { words, formats, nowMs } = speech;
  const fromMs = version.from.timeMs;
  if (isCurrent) return words.since(formats.moment(fromMs, nowMs));
  if (endMs <= fromMs) return formats.moment(fromMs, nowMs);
  if (endMs - fromMs >= DAYS_ALONE_MS)
    return words.fromTo(formats.day(fromMs, nowMs), formats.day(endMs, nowMs));
  // Both in one line, so without the days of the week; the same day is said once.
  const [from, to] = [formats.day(fromMs, nowMs), formats.day(endMs, nowMs)];
  return words.fromTo(
    `${from} ${formats.clock(fromMs)}`,
    from === to ? formats.clock(endMs) : `${to} ${formats.clock(endMs)}`,
  );
}

function factsOf(
  version: Version,
  older: Version | undefined,
  where: { isCurrent: boolean; path: WirePath; newestPath: WirePath },
  { words, formats }: StripSpeech,
): string {
  const facts: string[] = [];
  if (version.entryKind === 'file') {
    facts.push(formats.bytes(version.sizeBytes));
    if (older?.entryKind === 'file') {
      const change = version.sizeBytes - older.sizeBytes;
      if (change > 0) facts.push(words.longer(formats.bytes(change)));
      if (change < 0) facts.push(words.shorter(formats.bytes(-change)));
      if (change === 0) facts.push(words.sameSize);
    }
  } else facts.push(words.kinds[version.entryKind]);
  if (where.isCurrent) facts.push(words.newest);
  if (nameKey(where.path) !== nameKey(where.newestPath)) facts.push(words.was(showNear(where)));
  else if (older === undefined) facts.push(version.isOldestKnown ? words.oldestKnown : words.firstSeen);
  return facts.join(' · ');
}

/** The name it had, with as much of its folders as differs from where it is. */
export function showNear({ path, newestPath }: { path: WirePath; newestPath: WirePath }): string {
  const parts = showName(path).split('/');
  const others = showName(newestPath).split('/');
  let same = 0;
  while (same < parts.length - 1 && parts[same] === others[same]) same++;
  return parts.slice(same).join('/');
}

function isElsewhere(path: WirePath, newest: PlacedItem | undefined): boolean {
  return newest !== undefined && nameKey(newest.path) !== nameKey(path);
}

function isVersion(placed: PlacedItem): placed is PlacedItem & { readonly item: Version } {
  return placed.item.kind === 'version';
}

/** A number for each content that more than one block has, the newest first. */
function chipsOf(items: readonly PlacedItem[]): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  for (const { item } of items.filter(isVersion))
    if (item.entryKind === 'file') seen.set(item.content, (seen.get(item.content) ?? 0) + 1);
  const returning = [...seen].filter(([, times]) => times > 1);
  return new Map(returning.map(([content], index) => [content, index]));
}

function chipWordsOf(version: Version, items: readonly PlacedItem[], speech: StripSpeech): string {
  const { words, formats, nowMs } = speech;
  const same = items
    .filter(isVersion)
    .filter(
      ({ item }) => item.content === version.content && item.from.snapshotId !== version.from.snapshotId,
    )
    .map(({ item }) => formats.moment(item.from.timeMs, nowMs));
  return same.length === 0 ? '' : words.sameContentAs(formats.list(same));
}

function warningOf(version: Version, older: Version | undefined, words: Words['inspector']): string | null {
  if (version.entryKind !== 'file' || older?.entryKind !== 'file' || older.sizeBytes === 0) return null;
  if (version.sizeBytes === 0) return words.becameEmpty;
  return version.sizeBytes < older.sizeBytes * SHRUNK_TO ? words.shrank : null;
}

/**
 * What a person types into the search, taken apart into text and filters; the words of both languages are understood
 * whatever the window's language is. A filter that is not understood stays text. Pure.
 */
import type { Formats } from '../../../text/formats.ts';
import type { search as english } from '../../../text/en/search.ts';
import type { Words } from '../../../text/language.ts';
import type { Asks } from '../wire-types.ts';
import { MOST_PERIOD_WORDS, parsePeriod, type Period } from './periods.ts';

export type SearchFilters = NonNullable<Asks<'browse.search'>['search']['filters']>;
export type FilterName = 'kind' | 'in' | 'deleted' | 'changed' | 'larger' | 'existed' | 'ext';

export interface ParsedSearch {
  /** What names are searched for. */
  readonly text: string;
  readonly filters: SearchFilters;
  /** In the order in which they were typed. */
  readonly chips: readonly Chip[];
  /** Begin like a filter and are none. */
  readonly notUnderstood: readonly string[];
}

export interface Chip {
  readonly name: FilterName;
  /** As it was typed: taking it out of the text takes the filter away. */
  readonly typed: string;
}

export type FileKind = keyof (typeof english)['kinds'];

const NAMES: Readonly<Record<string, FilterName>> = {
  kind: 'kind',
  art: 'kind',
  in: 'in',
  changed: 'changed',
  geändert: 'changed',
  larger: 'larger',
  größer: 'larger',
  existed: 'existed',
  da: 'existed',
  ext: 'ext',
  endung: 'ext',
};
const ALONE: Readonly<Record<string, FilterName>> = { deleted: 'deleted', gelöscht: 'deleted' };

const KINDS: Readonly<Record<FileKind, readonly string[]>> = {
  picture: ['picture', 'pictures', 'image', 'images', 'photo', 'photos', 'bild', 'bilder', 'foto', 'fotos'],
  video: ['video', 'videos', 'film', 'films', 'filme'],
  audio: ['audio', 'music', 'sound', 'musik', 'ton'],
  document: ['document', 'documents', 'text', 'dokument', 'dokumente'],
  table: ['table', 'tables', 'spreadsheet', 'tabelle', 'tabellen'],
  presentation: ['presentation', 'presentations', 'slides', 'präsentation', 'präsentationen'],
  archive: ['archive', 'archives', 'zip', 'archiv'],
  mail: ['mail', 'mails', 'email', 'e-mail'],
  code: ['code', 'program', 'programm'],
  folder: ['folder', 'folders', 'ordner'],
};

const SIZE = /^(\d+(?:[.,]\d+)?)\s?(b|k|kb|m|mb|g|gb|t|tb)?$/;
const POWERS: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4 };

/** Words, or words with a stretch in quotes: `in:"My letters"`. */
const TOKEN = /[^\s"]*"[^"]*"?|\S+/g;

export function parseSearch(typed: string, nowMs: number): ParsedSearch {
  const tokens = typed.match(TOKEN) ?? [];
  const text: string[] = [];
  const chips: Chip[] = [];
  const notUnderstood: string[] = [];
  let filters: SearchFilters = {};
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? '';
    const alone = ALONE[token.toLowerCase()];
    if (alone === 'deleted') {
      filters = { ...filters, deleted: true };
      chips.push({ name: alone, typed: token });
      continue;
    }
    const [, begin = '', rest = ''] = /^([^:]+):(.*)$/s.exec(token) ?? [];
    const name = Object.hasOwn(NAMES, begin.toLowerCase()) ? NAMES[begin.toLowerCase()] : undefined;
    if (name === undefined) {
      text.push(token.replaceAll('"', ''));
      continue;
    }
    const read = readValue(name, rest, tokens.slice(index + 1), nowMs);
    if (read === undefined) {
      // Still being typed, it is neither a filter nor text.
      if (rest !== '') {
        notUnderstood.push(token);
        text.push(token);
      }
      continue;
    }
    filters = { ...filters, ...read.filters };
    chips.push({ name, typed: [token, ...tokens.slice(index + 1, index + 1 + read.more)].join(' ') });
    index += read.more;
  }
  return { text: text.join(' '), filters, chips, notUnderstood };
}

/** The text without one of its filters. */
export function withoutChip(typed: string, chip: Chip): string {
  return typed.replace(chip.typed, ' ').replace(/\s+/g, ' ').trim();
}

export function chipWords(
  { name }: Chip,
  filters: SearchFilters,
  { words, formats, nowMs }: { words: Words['search']; formats: Formats; nowMs: number },
): string {
  const period = (found: Period | undefined): string =>
    found === undefined
      ? ''
      : words.period(formats.day(found.fromMs, nowMs), formats.day(found.toMs - 1, nowMs));
  switch (name) {
    case 'kind':
      return words.kinds[(filters.kind ?? 'document') as FileKind];
    case 'in':
      return words.in(filters.in ?? '');
    case 'deleted':
      return words.deleted;
    case 'changed':
      return words.changed(period(filters.changed));
    case 'larger':
      return words.larger(formats.bytes(filters.largerBytes ?? 0));
    case 'existed':
      return words.existed(period(filters.existed));
    case 'ext':
      return words.ext(filters.ext ?? '');
  }
}

interface ReadValue {
  readonly filters: SearchFilters;
  /** How many of the words that follow belong to it. */
  readonly more: number;
}

function readValue(
  name: FilterName,
  typed: string,
  following: readonly string[],
  nowMs: number,
): ReadValue | undefined {
  const value = typed.replaceAll('"', '').trim();
  const one = (filters: SearchFilters): ReadValue => ({ filters, more: 0 });
  if (value === '') return undefined;
  switch (name) {
    case 'kind': {
      const kind = kindOf(value.toLowerCase());
      return kind === undefined ? undefined : one({ kind });
    }
    case 'in':
      return one({ in: value });
    case 'ext':
      return one({ ext: value.replace(/^\.+/, '').toLowerCase() });
    case 'larger': {
      const largerBytes = parseSize(value);
      return largerBytes === undefined ? undefined : one({ largerBytes });
    }
    case 'changed':
    case 'existed':
      return readPeriod(name, value, following, nowMs);
    case 'deleted':
      return undefined;
  }
}

/** The longest that is understood: "last week" of "last week letter". */
function readPeriod(
  name: 'changed' | 'existed',
  value: string,
  following: readonly string[],
  nowMs: number,
): ReadValue | undefined {
  for (let more = Math.min(following.length, MOST_PERIOD_WORDS - 1); more >= 0; more--) {
    const period = parsePeriod([value, ...following.slice(0, more)].join(' '), nowMs);
    if (period !== undefined) return { filters: { [name]: period }, more };
  }
  return undefined;
}

function kindOf(word: string): FileKind | undefined {
  return (Object.keys(KINDS) as FileKind[]).find((kind) => KINDS[kind].includes(word));
}

function parseSize(value: string): number | undefined {
  const [, number = '', unit = 'm'] = SIZE.exec(value.toLowerCase()) ?? [];
  if (number === '') return undefined;
  return Math.round(Number(number.replace(',', '.')) * 1000 ** (POWERS[unit[0] ?? 'm'] ?? 2));
}

/**
 * Names of files as people see them: inert, and told apart. Control characters and those that turn the direction of
 * writing are shown as a sign with their number, and so are spaces that are not seen, at the ends of a name, or taken for
 * others, except joiners whose work everybody sees; a name that is not UTF-8 shows each foreign byte. What is restored is
 * never taken from here: the wire's own form names the file.
 */
import { pathBytes } from '#contract/app/file-name.ts';
import type { WirePath } from '#contract/app/values.ts';

const UNSEEN =
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufffe\uffff]|\u034f/gu;
/** Each space at an end of a part of a path. */
const SPACES_AT_ENDS = /(?<=^|\/) +| +(?=\/|$)/g;

/** Pictures made of several, as people type them: who takes out the joiner sees several. */
const JOINED_PICTURES = /\p{RGI_Emoji_ZWJ_Sequence}/gv;
/**
 * Between Arabic letters of which the first would join to the next: Persian is written so, and without it the word looks
 * another. After other letters nobody would see it.
 */
const SEEN_NON_JOINER =
  /(?<=[\u0620\u0626\u0628\u062A-\u062E\u0633-\u063F\u0641-\u0647\u0649\u064A\u0678-\u0687\u069A-\u06BF\u06C1\u06C2\u06CC\u06CE\u06D0\u06D1])\u200C(?=[\u0620-\u063F\u0641-\u064A\u0671-\u06D3])/gu;

export function showName(name: WirePath): string {
  const text = typeof name === 'string' ? name : showBytes(pathBytes(name));
  const seen = seenJoiners(text);
  return text
    .replace(UNSEEN, (sign, at: number) => (seen.has(at) ? sign : `⟨${codeOf(sign)}⟩`))
    .replace(SPACES_AT_ENDS, (spaces) => '⟨0020⟩'.repeat(spaces.length));
}

/** Where in a text joiners are that need no sign. */
function seenJoiners(text: string): ReadonlySet<number> {
  if (!text.includes('\u200C') && !text.includes('\u200D')) return NOWHERE;
  const seen = new Set([...text.matchAll(SEEN_NON_JOINER)].map(({ index }) => index));
  for (const { 0: picture, index } of text.matchAll(JOINED_PICTURES))
    for (let at = 0; at < picture.length; at++) seen.add(index + at);
  return seen;
}

const NOWHERE: ReadonlySet<number> = new Set();

/** The last part of a path. */
export function showLastName(path: WirePath): string {
  const shown = showName(path);
  return shown.slice(shown.lastIndexOf('/') + 1) || shown;
}

/** For keys and comparison: one text per name, whatever its form. */
export function nameKey(name: WirePath): string {
  return typeof name === 'string' ? `=${name}` : `*${name.base64}`;
}

function codeOf(sign: string): string {
  return (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** Valid stretches as text, every other byte as ⟨xx⟩. */
function showBytes(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let shown = '';
  let at = 0;
  while (at < bytes.length) {
    const length = [1, 2, 3, 4].find((size) => isCharacter(bytes.subarray(at, at + size), decoder));
    if (length === undefined) shown += `⟨${(bytes[at] ?? 0).toString(16).padStart(2, '0')}⟩`;
    else shown += decoder.decode(bytes.subarray(at, at + length));
    at += length ?? 1;
  }
  return shown;
}

function isCharacter(bytes: Uint8Array, decoder: InstanceType<typeof TextDecoder>): boolean {
  try {
    const text = decoder.decode(bytes);
    return text.length === ((text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
  } catch {
    return false;
  }
}

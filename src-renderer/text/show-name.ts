/**
 * Names of files as people see them: inert, and told apart. Control characters and those that turn the direction of
 * writing are shown as a sign with their number, and so are spaces that are not seen, at the ends of a name, or taken for
 * others; a name that is not UTF-8 shows each foreign byte. What is restored is
 * never taken from here: the wire's own form names the file.
 */
import { pathBytes } from '#contract/app/file-name.ts';
import type { WirePath } from '#contract/app/values.ts';

const UNSEEN =
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufffe\uffff]|\u034f/gu;
/** Each space at an end of a part of a path. */
const SPACES_AT_ENDS = /(?<=^|\/) +| +(?=\/|$)/g;

export function showName(name: WirePath): string {
  return (typeof name === 'string' ? name : showBytes(pathBytes(name)))
    .replace(SPACES_AT_ENDS, (spaces) => '⟨0020⟩'.repeat(spaces.length))
    .replace(UNSEEN, (sign) => `⟨${codeOf(sign)}⟩`);
}

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

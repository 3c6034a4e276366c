/** Names as search compares them: without case, accents and widths. Pure. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';

const PLAIN = /^[\0-\x40\x5b-\x7f]*$/;
/** Marks above and below letters of Latin, Greek and Cyrillic; those of other scripts carry meaning. */
const ACCENTS = /[\u0300-\u036f]+/g;

export function foldText(text: string): string {
  if (PLAIN.test(text)) return text;
  // Upper case first: it makes one of what has several small forms.
  return text.normalize('NFKD').replace(ACCENTS, '').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

export function foldName(name: ByteString): string {
  return foldText(toDisplay(name));
}

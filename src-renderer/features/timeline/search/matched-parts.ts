/** Where the searched text stands in a name, so that it can be shown; case and accents do not matter. Pure. */

export interface NamePart {
  readonly text: string;
  readonly isMatch: boolean;
}

const ACCENTS = /\p{M}/gu;

export function matchedParts(name: string, text: string): readonly NamePart[] {
  const signs = Array.from(name);
  // Sign by sign, so that places in the folded name are places in the name.
  const folded = signs.map(fold);
  const wanted = fold(text);
  const whole = folded.join('');
  const at = wanted === '' ? -1 : whole.indexOf(wanted);
  if (at < 0) return [{ text: name, isMatch: false }];
  const [start, end] = [signAt(folded, at), signAt(folded, at + wanted.length)];
  return [
    { text: signs.slice(0, start).join(''), isMatch: false },
    { text: signs.slice(start, end).join(''), isMatch: true },
    { text: signs.slice(end).join(''), isMatch: false },
  ].filter((part) => part.text !== '');
}

function fold(text: string): string {
  return text.normalize('NFD').replace(ACCENTS, '').toLowerCase();
}

/** Which sign of the name stands at a place of the folded text. */
function signAt(folded: readonly string[], at: number): number {
  let passed = 0;
  for (const [index, sign] of folded.entries()) {
    if (passed >= at) return index;
    passed += sign.length;
  }
  return folded.length;
}

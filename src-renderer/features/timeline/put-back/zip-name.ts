/** A name for a zip file that every system takes. Pure. */

const REFUSED = /[\u0000-\u001f<>:"/\\|?*]/gu;
const MOST_SIGNS = 100;

/** "Letters (from Tue 3 Nov 14.20).zip". @param moment empty: none */
export function zipName(names: readonly string[], moment: string): string {
  const first = names[0] ?? '';
  const stem = names.length === 1 ? first : `${first} +${names.length - 1}`;
  const clean = (text: string): string =>
    text
      .replace(/(\d):(\d)/g, '$1.$2')
      .replace(/,/g, '')
      .replace(REFUSED, ' ')
      .trim();
  const when = clean(moment);
  const short =
    Array.from(clean(stem))
      .slice(0, MOST_SIGNS)
      .join('')
      .replace(/^[. ]+/, '') || 'Tidemark';
  return when === '' ? `${short}.zip` : `${short} (${when}).zip`;
}

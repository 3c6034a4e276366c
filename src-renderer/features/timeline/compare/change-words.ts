/** What happened to what is told in a row of a comparison, in words; of a folder also how much below it. Pure. */
import type { Formats } from '../../../text/formats.ts';
import { showName } from '../../../text/show-name.ts';
import type { Words } from '../../../text/language.ts';
import { changeOf, isFolderEntry, type DifferenceEntry } from './difference-tree.ts';

export function changeWords(entry: DifferenceEntry, words: Words['compare'], formats: Formats): string {
  const change = changeOf(entry);
  if (change === 'moved')
    return entry.movedFrom === undefined
      ? words.movedTo(showName(entry.movedTo ?? ''))
      : words.movedFrom(showName(entry.movedFrom));
  if (change === 'replaced') return words.replaced;
  if (!isFolderEntry(entry))
    return change === null ? '' : change === 'modified' ? words.changed : words[change];
  const { added, modified, removed, moved } = entry.counts;
  const isWhole = change === 'added' || change === 'removed';
  // Of a folder that is new as a whole, all in it is: that is said once.
  const whole = change === 'added' ? added - moved : removed;
  const parts = [
    !isWhole
      ? ''
      : whole === 0
        ? words[change]
        : words.wholeFolder[change](formats.count(whole), whole === 1),
    added - moved > 0 && change !== 'added' ? words.counts.added(formats.count(added - moved)) : '',
    modified > 0 ? words.counts.modified(formats.count(modified)) : '',
    removed > 0 && change !== 'removed' ? words.counts.removed(formats.count(removed)) : '',
    moved > 0 ? words.counts.moved(formats.count(moved)) : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

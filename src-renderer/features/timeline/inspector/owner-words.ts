/** Whose something was, and who might do what with it, in words and as `ls` writes it. Pure. */
import type { EntryOwner } from '#contract/app/content-calls.ts';
import type { Words } from '../../../text/language.ts';
import { showName } from '../../../text/show-name.ts';

type InspectorWords = Words['inspector'];

const [READ, WRITE, RUN] = [4, 2, 1];

/** "anna, group staff"; a number where the computer knew no name for it. */
export function ownerWords({ user, group, uid, gid }: EntryOwner, words: InspectorWords): string {
  const whose = user === '' ? words.userNumber(String(uid)) : showName(user);
  return words.ownerOf(whose, group === '' ? String(gid) : showName(group));
}

/** "rwxr-x---"; the bits that lend an account, or keep what is in a folder, as in `ls`. */
export function permissionSigns(permissions: number): string {
  return [6, 3, 0]
    .map((shift, at) => {
      const bits = permissions >> shift;
      const isSpecial = (permissions & (0o4000 >> at)) !== 0;
      const [plain, alone] = at === 2 ? ['t', 'T'] : ['s', 'S'];
      const run = (bits & RUN) !== 0;
      const last = isSpecial ? (run ? plain : alone) : run ? 'x' : '-';
      return `${bits & READ ? 'r' : '-'}${bits & WRITE ? 'w' : '-'}${last}`;
    })
    .join('');
}

/** "owner: read, change · group: read · others: nothing". */
export function permissionWords(permissions: number, isFolder: boolean, words: InspectorWords): string {
  return [6, 3, 0]
    .map((shift, at) => {
      const bits = permissions >> shift;
      const may = [
        bits & READ ? words.mayRead : '',
        bits & WRITE ? words.mayWrite : '',
        bits & RUN ? (isFolder ? words.mayEnter : words.mayRun) : '',
      ].filter((word) => word !== '');
      return words.mayDo(words.whoMay[at]!, may.length === 0 ? words.mayNothing : may.join(', '));
    })
    .join(' · ');
}

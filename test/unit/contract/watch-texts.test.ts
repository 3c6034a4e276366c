import { expect, it } from 'vitest';
import { watching } from '#contract/texts/en/watching.ts';
import { doubtText, exclusionText, fullWalkText, unwatchedText } from '#contract/watch-texts.ts';

const REASONS = ['watchLimit', 'networkFolder', 'oddName', 'unreadable', 'failed'] as const;
/** Source: product notes, section 3, words that a person shall not meet. */
const JARGON = /repositor|snapshot|policy|prune|mount|undefined|NaN/i;

it.each(REASONS)('%s says in whole sentences what is so, what is safe and what to do', (reason) => {
  for (const more of [0, 1, 7]) {
    const { title, safe, todo } = unwatchedText(reason, 'Photos', more);
    for (const sentence of [title, safe, todo]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(`${title} ${safe} ${todo}`).not.toMatch(JARGON);
  }
  expect(unwatchedText(reason, 'Photos', 0).title).toContain('Photos cannot');
  expect(unwatchedText(reason, 'Photos', 1).title).toContain('Photos and 1 other cannot');
});

it('reasons to look at everything fit behind "because"', () => {
  const doubts = Object.keys(watching.doubts) as (keyof typeof watching.doubts)[];
  const walks = Object.keys(watching.fullWalks) as (keyof typeof watching.fullWalks)[];
  for (const text of [...doubts.map((one) => doubtText(one)), ...walks.map((one) => fullWalkText(one))])
    expect(text).toMatch(/^[a-z].*[^.]$/);
});

it('a folder that changes all the time is named with its share', () => {
  expect(exclusionText('build', 91).title).toBe('build changes all the time: 91 % of all changes are there.');
});

import { describe, expect, it } from 'vitest';
import { PROTECTION_STATES, type ProblemCode } from '#contract/protection-codes.ts';
import { problemText, stateText } from '#contract/protection-texts.ts';
import { protection } from '#contract/texts/en/protection.ts';

const NAMES = { plans: 'Letters', places: 'the blue drive', newest: '3 days ago', fileCount: 2 };
const CODES = Object.keys(protection.problems) as ProblemCode[];
/** Source: product notes, section 3, words that a person shall not meet. */
const JARGON = /repositor|snapshot|policy|prune|retention|cron|mount|passphrase|undefined|NaN/i;

describe('a problem', () => {
  it.each(CODES)('%s says in whole sentences what is so and what to do, without jargon', (code) => {
    for (const names of [NAMES, { plans: 'Letters', places: 'the blue drive' }]) {
      const { title, safe, todo } = problemText(code, names);
      for (const sentence of [title, todo]) expect(sentence).toMatch(/^[A-Z0-9].*[.?]$/);
      expect(safe).toMatch(/^$|^[A-Z].*\.$/);
      expect(`${title} ${safe} ${todo}`).not.toMatch(JARGON);
    }
  });

  it('names how old what is safe is, counts files, and passes on what an error says', () => {
    expect(problemText('placeAway', NAMES)).toEqual({
      title: 'Letters is not up to date: the blue drive is not connected.',
      safe: 'The newest version in the blue drive is from 3 days ago, and safe.',
      todo: 'Connect the blue drive; the rest goes by itself.',
    });
    expect(problemText('filesLeftOut', { ...NAMES, fileCount: 1 }).title).toBe(
      '1 file of Letters could not be saved.',
    );
    expect(problemText('placeKeeps', { ...NAMES, until: '4 March' }).title).toBe(
      'What was to be removed from the blue drive stays there until 4 March, as that place is set up.',
    );
    const error = { title: 'The disk is full.', safe: '', todo: 'Make room.' };
    expect(problemText('failing', { ...NAMES, error })).toMatchObject({
      title: error.title,
      todo: error.todo,
    });
  });
});

it('each state has a name of its own', () => {
  expect(new Set(PROTECTION_STATES.map((state) => stateText(state))).size).toBe(PROTECTION_STATES.length);
});

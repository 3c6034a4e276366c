import { describe, expect, test } from 'vitest';
import type { GroupProblem, KeychainRefusal } from '#contract/key-codes.ts';
import {
  groupProblemText,
  keyKindText,
  notRememberedText,
  secretNeededText,
  nextCodeText,
  tooManyGroupsText,
  withdrawnKeyText,
} from '#contract/key-texts.ts';

const REFUSALS: readonly KeychainRefusal[] = [
  'noService',
  'notSetUp',
  'locked',
  'notSupported',
  'timedOut',
  'libraryMissing',
  'notKept',
  'refused',
];
/** What a person shall not meet; a passphrase, which they chose themselves, they know. */
const JARGON = /repositor|snapshot|D-?Bus|secret service|daemon|libsecret\.so|undefined|!/i;

describe('texts about keys', () => {
  test.each(REFUSALS)('%s: not remembered, what is safe, what to do', (reason) => {
    for (const { title, safe, todo } of [
      notRememberedText(reason),
      secretNeededText('The blue drive', reason),
    ]) {
      for (const part of [title, safe, todo]) expect(part).toMatch(/^[A-Z].*\.$/);
      expect(`${title} ${safe} ${todo}`).not.toMatch(JARGON);
      expect(safe).toContain('Nothing was deleted');
    }
    expect(notRememberedText(reason).title).toMatch(/^Not remembered on this computer: .+\.$/);
  });

  test('a keychain that gives nothing, or a key that does not open, asks for what helps', () => {
    expect(secretNeededText('The blue drive', 'notGiven').title).toBe(
      'The blue drive does not open by itself: the keychain of this computer does not give its key.',
    );
    expect(secretNeededText('The blue drive', 'doesNotOpen')).toEqual({
      title: 'The blue drive does not open by itself: the key that this computer remembers opens it no more.',
      safe: 'Nothing was deleted, and your versions are safe. New ones wait until then.',
      todo: 'Type the recovery code or the passphrase once.',
    });
  });

  test.each([
    { number: 3, kind: 'mistyped' },
    { number: 3, kind: 'tooShort' },
    { number: 3, kind: 'tooLong' },
    { number: 3, kind: 'foreignCharacter', character: '?' },
  ] satisfies GroupProblem[])('a wrong group is named: $kind', (problem) => {
    expect(groupProblemText(problem)).toMatch(/^Group 3 .+\.$/);
  });

  test('the rest are whole sentences', () => {
    for (const text of [tooManyGroupsText(), withdrawnKeyText(), nextCodeText()])
      expect(text).toMatch(/^[A-Z].*\.$/);
    for (const kind of ['machine', 'recovery', 'helper', 'passphrase', 'foreign'] as const)
      expect(keyKindText(kind)).not.toMatch(JARGON);
  });
});

import { describe, expect, test } from 'vitest';
import { passphraseWeaknessText } from '#contract/key-texts.ts';
import { judgePassphrase, LEAST_CHARACTERS } from '#services/keys/passphrase-rules.ts';

describe('a passphrase', () => {
  test.each([
    ['', 'tooShort'],
    ['K7MNP4TQXR9', 'tooShort'],
    // Eleven letters of two UTF-16 units each.
    ['𝄞𝄢𝄡𝄫𝄪𝅘𝅥𝅮𝅘𝅥𝅯𝆕𝆖𝆗'.slice(0, 20), 'tooShort'],
    ['passwordpassword', 'common'],
    ['P@ssw0rd2026!!', 'common'],
    ['iloveyou-12345678', 'common'],
    ['Correct Horse Battery Staple', 'common'],
    ['123456789012', 'common'],
    ['01.02.1990 3.4.1991', 'common'],
    ['Summer2026Winter2027', 'common'],
    ['aaaaaaaaaaaaaaaa', 'repetitive'],
    ['xkxkxkxkxkxkxkxk', 'repetitive'],
    ['kitten kitten kitten', 'repetitive'],
    ['qwertzuiopasdfghjkl', 'repetitive'],
    ['zyxwvutsrqponmlk', 'repetitive'],
    [' quiet moss unfolds twelve', 'blankAtEnd'],
    ['quiet moss unfolds twelve\n', 'blankAtEnd'],
    ['quiet moss\tunfolds twelve', 'unprintable'],
    ['quiet moss unfolds\0twelve', 'unprintable'],
  ] as const)('%j is refused: %s', (passphrase, kind) => {
    const weakness = judgePassphrase(passphrase);
    expect(weakness?.kind).toBe(kind);
    expect(passphraseWeaknessText(weakness!)).toMatch(/^This .*\.$/);
  });

  test.each([
    'quiet moss unfolds twelve',
    'Die Giraffe häkelt Nebel',
    'vK3#pL9!qz_T',
    'my grandmother loved dragons',
    'раз два три кактус',
    '深い森の静かな月が昇る夜に',
  ])('%j may be used', (passphrase) => {
    expect(judgePassphrase(passphrase)).toBeUndefined();
  });

  test('says how long it must be', () => {
    expect(judgePassphrase('short')).toEqual({ kind: 'tooShort', leastCharacters: LEAST_CHARACTERS });
    expect(passphraseWeaknessText({ kind: 'tooShort', leastCharacters: 12 })).toContain('at least 12');
  });
});

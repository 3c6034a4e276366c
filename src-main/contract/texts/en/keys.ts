import type { KeyTable } from '../text-tables.ts';

const NOTHING_DELETED = 'Nothing was deleted, and your versions are safe.';

export const keys: KeyTable = {
  refusals: {
    noService: {
      why: 'no keychain is running here',
      todo: 'Type the recovery code or the passphrase at each start, or set up the keychain of this computer.',
    },
    notSetUp: {
      why: 'the keychain has no keyring yet',
      todo: 'Make one with the program for passwords and keys of this computer, or type the recovery code at each start.',
    },
    locked: {
      why: 'the keychain is locked',
      todo: 'Unlock the keychain, or type the recovery code or the passphrase for this time.',
    },
    notSupported: {
      why: 'there is no keychain for this system',
      todo: 'Type the recovery code or the passphrase at each start.',
    },
    timedOut: {
      why: 'the keychain did not answer in time',
      todo: 'Look for a question of the keychain behind other windows, answer it and try again.',
    },
    libraryMissing: {
      why: 'the part that speaks with the keychain is not installed',
      todo: 'Install it (on Debian and Ubuntu: libsecret-1-0) and start Tidemark again.',
    },
    notKept: {
      why: 'the keychain did not keep it',
      todo: 'Type the recovery code or the passphrase at each start, and look after the keychain.',
    },
    refused: {
      why: 'the keychain refused',
      todo: 'Try again; until then type the recovery code or the passphrase at each start.',
    },
  },
  notRemembered: (why) => ({ title: `Not remembered on this computer: ${why}.`, safe: NOTHING_DELETED }),
  needs: {
    notGiven: 'the keychain of this computer does not give its key',
    doesNotOpen: 'the key that this computer remembers opens it no more',
  },
  secretNeeded: (place, why, need) => ({
    title: `${place} does not open by itself: ${why}.`,
    safe: `${NOTHING_DELETED} New ones wait until then.`,
    todo:
      need === 'doesNotOpen'
        ? 'Type the recovery code or the passphrase once.'
        : 'Unlock the keychain, or type the recovery code or the passphrase once.',
  }),
  group(problem) {
    const { number } = problem;
    switch (problem.kind) {
      case 'mistyped':
        return `Group ${number} is not right: compare it with the paper, letter by letter.`;
      case 'tooShort':
        return `Group ${number} is too short: every group has five letters or digits.`;
      case 'tooLong':
        return `Group ${number} is too long: every group has five letters or digits.`;
      case 'foreignCharacter':
        return `Group ${number} has a character that no code has: "${problem.character}".`;
    }
  },
  tooManyGroups: 'This is longer than a recovery code: there are eight groups of five.',
  passphrase(weakness) {
    switch (weakness.kind) {
      case 'tooShort':
        return `This is too short to keep anybody out: use at least ${weakness.leastCharacters} characters, for instance four words that do not belong together.`;
      case 'common':
        return 'This is among the first that anybody would try: use four words that do not belong together.';
      case 'repetitive':
        return 'This repeats itself or follows the keyboard: use four words that do not belong together.';
      case 'blankAtEnd':
        return 'This begins or ends with a space, which other programs take off: leave it out.';
      case 'unprintable':
        return 'This has a character that cannot be seen or typed everywhere: leave it out.';
    }
  },
  kinds: {
    machine: 'This or another computer, by itself',
    recovery: 'Recovery code',
    helper: 'Helper code',
    passphrase: 'Passphrase',
    foreign: 'Made by another program',
  },
  withdrawn:
    'The old one does not open this place any more. Whoever copied the place before and knows the old one can still open that copy.',
  nextCode:
    'The code before it still opens this place. It is withdrawn when you have shown that the new one works: until then keep both.',
};

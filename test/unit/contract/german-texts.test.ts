/** Every sentence is there in German: another one than the English, whole, and with nothing English left in it. */
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '#base/errors.ts';
import { errorSentence, errorText, reasonText, WINDOW_WORDS, type ErrorText } from '#contract/error-texts.ts';
import type { GroupProblem, PassphraseWeakness, SecretNeed } from '#contract/key-codes.ts';
import {
  groupProblemText,
  keyKindText,
  nextCodeText,
  notRememberedText,
  passphraseWeaknessText,
  secretNeededText,
  tooManyGroupsText,
  withdrawnKeyText,
} from '#contract/key-texts.ts';
import type { Language } from '#contract/language.ts';
import type { ProblemCode } from '#contract/protection-codes.ts';
import { problemText, stateText, waitText } from '#contract/protection-texts.ts';
import { SHELL_TEXTS } from '#contract/shell-texts.ts';
import { errors } from '#contract/texts/en/errors.ts';
import { keys } from '#contract/texts/en/keys.ts';
import { protection } from '#contract/texts/en/protection.ts';
import { watching } from '#contract/texts/en/watching.ts';
import { doubtText, exclusionText, fullWalkText, unwatchedText } from '#contract/watch-texts.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';

const ENGLISH =
  /\b(the|this|is|are|not|and|of|with|from|your|you|it|file|files|folder|place|key|backup|again|try|nothing)\b/i;
/** What a person shall not meet in the window. */
const JARGON = /Repositor|Snapshot|\bPrune|undefined|\bNaN\b|\[object/i;
const ID = 'abcdef12'.repeat(8);
/** What any error may carry. Paths and names are not words. */
const DATA = {
  ...Object.fromEntries(['location', 'path', 'folder', 'table', 'entry'].map((name) => [name, '/x'])),
  ...Object.fromEntries(['id', 'keyId', 'packId', 'blobId', 'treeId', 'indexId'].map((name) => [name, ID])),
  ...Object.fromEntries(['lockId', 'snapshotId', 'expectedId', 'foundId'].map((name) => [name, ID])),
  ...Object.fromEntries(['reason', 'output', 'program', 'name', 'prefix', 'username'].map((n) => [n, 'xyz'])),
  ...Object.fromEntries(
    ['since', 'now', 'witness', 'lastGoodAt', 'keptUntil'].map((n) => [n, '2026-11-28T12:00:00Z']),
  ),
  hostname: 'xyz',
  what: 'xyz',
  kind: 'snapshot',
  operation: 'freeSpaceBytes',
  stale: true,
  outOfInodes: true,
  pid: 1,
  version: 3,
  keyCount: 20,
  exitCode: 1,
  lostBlobs: 2,
  snapshotIds: [ID, ID],
  paths: ['/x'],
  pathCount: 3,
  bytes: 4_000_000_000,
  mostBytes: 2_000_000_000,
  neededBytes: 1_234_567_890,
  freeBytes: 1_500_000,
  fingerprint: 'SHA256:xyz',
  known: ['SHA256:zyx', 'SHA256:yxz'],
  isRevoked: false,
  offMs: 1_200_000,
  region: 'xyz',
};
/** What makes an error say something else. */
const VARIANTS: readonly object[] = [
  {},
  {
    stale: false,
    outOfInodes: false,
    offMs: -1_200_000,
    kind: 'lock',
    lostBlobs: 1,
    snapshotIds: [ID],
    pathCount: 1,
  },
  { kind: 'pack', lastGoodAt: null, exitCode: null, output: '', snapshotIds: [], paths: [] },
  { kind: 'farAhead', keptUntil: null, reason: 'timedOut', isRevoked: true, offMs: null, region: null },
  { kind: 'behindLastSeen', reason: 'notStarted', what: 'backup place' },
];

function expectGerman(write: (language: Language) => string): void {
  const german = write('de');
  expect(german).not.toBe(write('en'));
  expect(german.trim()).not.toBe('');
  expect(german).not.toMatch(ENGLISH);
  expect(german).not.toMatch(JARGON);
  expect(german).not.toMatch(/["']|!/);
}

function expectGermanText(write: (language: Language) => ErrorText): void {
  const english = write('en');
  const { title, safe, todo } = write('de');
  for (const part of [title, todo]) expect(part).toMatch(/^[A-ZÄÖÜ0-9„/].*[.?]$|Seine Ausgabe: xyz/);
  expect(safe === '').toBe(english.safe === '');
  if (safe !== '') expect(safe).toMatch(/^[A-ZÄÖÜ].*\.$/);
  for (const part of ['title', 'safe', 'todo'] as const) {
    if (english[part] !== '' && english[part] !== 'Xyz.') expectGerman((language) => write(language)[part]);
  }
}

function keysOf<Table extends object>(table: Table): (keyof Table)[] {
  return Object.keys(table) as (keyof Table)[];
}

describe('in German', () => {
  test.each(keysOf(errors))('%s', (code: ErrorCode) => {
    for (const variant of VARIANTS) {
      // Where a thing is named by the core in English only, the sentence says so.
      if (code !== 'request.notFound' && 'what' in variant) continue;
      const error = { code, data: { ...DATA, ...variant } as never };
      expectGermanText((language) => errorText(error, WINDOW_WORDS, language));
      // Nobody types options into a window; only who mends a damaged file needs a terminal.
      for (const language of ['en', 'de'] as const)
        expect(errorSentence(error, WINDOW_WORDS, language)).not.toMatch(/--(?!damaged|remove-all)/);
    }
  });

  test.each(keysOf(protection.problems))('problem %s', (code: ProblemCode) => {
    for (const names of [
      { plans: '„Xyz“', places: '„Abc“', newest: 'gestern, 14:20', fileCount: 2 },
      { plans: '„Xyz“', places: '„Abc“', fileCount: 1 },
    ])
      expectGermanText((language) => problemText(code, names, language));
  });

  test('states and waits', () => {
    for (const state of keysOf(protection.states)) expectGerman((language) => stateText(state, language));
    for (const wait of keysOf(protection.waits)) expectGerman((language) => waitText(wait, language));
  });

  test('watching', () => {
    for (const reason of keysOf(watching.doubts)) expectGerman((language) => doubtText(reason, language));
    for (const reason of keysOf(watching.fullWalks))
      expectGerman((language) => fullWalkText(reason, language));
    for (const reason of ['watchLimit', 'networkFolder', 'oddName', 'unreadable', 'failed'] as const)
      for (const more of [0, 1, 7])
        expectGermanText((language) => unwatchedText(reason, 'xyz', more, language));
    expectGermanText((language) => exclusionText('xyz', 91, language));
  });

  test('keys', () => {
    for (const reason of keysOf(keys.refusals))
      expectGermanText((language) => notRememberedText(reason, language));
    const needs: SecretNeed[] = [...keysOf(keys.refusals), ...keysOf(keys.needs)];
    for (const need of needs) expectGermanText((language) => secretNeededText('„Xyz“', need, language));
    const problems: GroupProblem[] = [
      ...(['mistyped', 'tooShort', 'tooLong'] as const).map((kind) => ({ number: 3, kind })),
      { number: 3, kind: 'foreignCharacter', character: '?' },
    ];
    for (const problem of problems) expectGerman((language) => groupProblemText(problem, language));
    const weaknesses: PassphraseWeakness[] = [
      { kind: 'tooShort', leastCharacters: 12 },
      ...(['common', 'repetitive', 'blankAtEnd', 'unprintable'] as const).map((kind) => ({ kind })),
    ];
    for (const weakness of weaknesses) expectGerman((language) => passphraseWeaknessText(weakness, language));
    for (const kind of keysOf(keys.kinds)) expectGerman((language) => keyKindText(kind, language));
    for (const write of [tooManyGroupsText, withdrawnKeyText, nextCodeText]) expectGerman(write);
  });

  test('the shell', () => {
    for (const name of keysOf(SHELL_TEXTS.en)) {
      if (name === 'pause') continue;
      expectGerman((language) => {
        const text = SHELL_TEXTS[language][name];
        return typeof text === 'string' ? text : text('15:00');
      });
    }
  });
});

test('numbers and moments are written as Germans write them', () => {
  const text = (code: ErrorCode): string =>
    errorText({ code, data: DATA as never }, WINDOW_WORDS, 'de').title;
  expect(text('files.notEnoughRoom')).toBe('Das braucht 1234,6 MB, und bei /x sind nur 1,5 MB frei.');
  expect(text('repository.locked')).toMatch(/^Der Sicherungsort ist seit 28\.11\.2026, \d\d:00 in Gebrauch/);
});

test.each(
  'EACCES EPERM ENOENT ENOTDIR EISDIR ELOOP EEXIST ENOTEMPTY ENOSPC EDQUOT EROFS EIO EUCLEAN EBUSY EMFILE ENOMEM ENAMETOOLONG EFBIG EMLINK EXDEV ENOTSUP ENOSYS EINVAL EILSEQ ENODEV ESTALE ETIMEDOUT EHOSTDOWN ENOTCONN ENODATA E2BIG EOVERFLOW EANYTHING'.split(
    ' ',
  ),
)('what the system says by %s is told in German', (code) => {
  const reason = describeErrorCode(code);
  const german = reasonText(reason, 'de');
  expect(german).not.toBe(reason);
  expect(german).not.toMatch(ENGLISH);
  expect(reasonText(reason, 'en')).toBe(reason);
});

test('a reason of nobody’s own words stays as it came', () => {
  expect(reasonText('NT_STATUS_WRONG', 'de')).toBe('NT_STATUS_WRONG');
});

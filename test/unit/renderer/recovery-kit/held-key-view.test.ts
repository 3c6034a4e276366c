/** The list of who can open the copies, in words; the page of a helper; and what a passphrase is worth. */
import { describe, expect, test } from 'vitest';
import { SecretText } from '#base/secret-text.ts';
import type { HeldKey } from '#contract/app/key-calls.ts';
import { heldKeyView, inOrder } from '#renderer/features/recovery-kit/held-key-view.ts';
import { kitSheet, type KitFacts } from '#renderer/features/recovery-kit/kit-sheet-model.ts';
import { measurePassphrase } from '#renderer/features/recovery-kit/measure-passphrase.ts';
import { verdictOn } from '#renderer/features/recovery-kit/passphrase-verdict.ts';
import { speechOf } from '#renderer/text/use-words.ts';

const speech = speechOf('en');
const NOW_MS = Date.UTC(2026, 10, 3, 12);
const places = [
  { id: 'a', name: 'Blue drive' },
  { id: 'b', name: 'Server' },
  { id: 'c', name: 'Stick' },
];
const inPlace = (placeId: string, changes: Partial<HeldKey['places'][number]> = {}) => ({
  placeId,
  keyId: `key in ${placeId}`,
  state: 'opens' as const,
  stays: null,
  ...changes,
});
const held = (changes: Partial<HeldKey>): HeldKey => ({
  id: 'one',
  kind: 'helper',
  isThisComputer: false,
  givenTo: 'Anna',
  hostname: 'laptop',
  madeAtMs: NOW_MS,
  places: [],
  ...changes,
});
const view = (key: HeldKey, unknown: readonly string[] = []) =>
  heldKeyView(key, places, unknown, NOW_MS, speech);

describe('a line of the list', () => {
  test('says what is owed, and which place came too late for the code', () => {
    const key = held({ places: [inPlace('a'), inPlace('b', { state: 'willBeWithdrawn' })] });
    expect(view(key)).toEqual({
      title: 'Helper code, given to Anna',
      facts: [
        'made on 3 Nov',
        'opens Blue drive',
        'still opens Server; withdrawn as soon as it is connected and free',
        'does not open Stick, which came later',
      ],
      withdrawable: [inPlace('a')],
      stays: undefined,
    });
    expect(view(key, ['c']).facts).toHaveLength(3);
  });

  test('offers no withdrawal where the key stays, and says why', () => {
    const own = held({
      kind: 'machine',
      isThisComputer: true,
      places: [inPlace('a', { stays: 'keyInUse' })],
    });
    expect(view(own)).toMatchObject({ title: 'This computer', withdrawable: [], stays: 'In use' });
    const code = held({ kind: 'recovery', places: [inPlace('a', { stays: 'lastRecoveryKey' })] });
    expect(view(code)).toMatchObject({ withdrawable: [], stays: 'Stays until another way in is proven' });
    expect(inOrder([code, held({}), own]).map(({ kind }) => kind)).toEqual(['machine', 'recovery', 'helper']);
  });
});

test('the page of a helper names them and all places, and its picture too', () => {
  const facts = (placeName: string): KitFacts => ({
    placeName,
    kind: 'local',
    location: `/media/${placeName}`,
    computerName: 'laptop',
    dateMs: NOW_MS,
    repositoryId: 'a1b2c3d4'.repeat(8),
    keyIds: [],
    commands: [],
  });
  const sheet = kitSheet(
    facts('Blue'),
    {
      paper: 'a4',
      code: new SecretText('AAAAA-BBBBB'),
      isCodeInQr: false,
      givenTo: 'Anna',
      helper: { otherPlaces: [facts('Server')] },
    },
    speech.words.kit,
    speech.formats,
  );
  expect(sheet.title).toBe('Tidemark helper page');
  expect(sheet.sentences[0]).toContain('Anna');
  expect(sheet.where.at(-1)).toEqual({ label: 'And', value: 'Server: /media/Server' });
  expect(sheet.qrText).toContain('/media/Server');
  expect(sheet.qrText).not.toContain('AAAAA');
});

test.each([
  ['liverpool', false],
  ['Passwort123!', false],
  ['Sommer2024!Berlin', false],
  ['iloveyou1234567890', false],
  ['quiet moss unfolds twelve', true],
  ['tulpe mond gabel traktor', true],
])('%j holds: %j', (passphrase, isGoodEnough) => {
  expect(verdictOn(measurePassphrase(passphrase), speech).isGoodEnough).toBe(isGoodEnough);
});

test('what is on the lists of leaked passwords is named as that', () => {
  expect(verdictOn(measurePassphrase('Trustno1'), speech).sentence).toBe(speech.words.keys.leaked);
});

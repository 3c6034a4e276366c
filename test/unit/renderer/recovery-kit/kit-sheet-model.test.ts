/** The page of the kit: what stands on it, and that the code is in the square picture only when asked. */
import { expect, test } from 'vitest';
import { SecretText } from '#base/secret-text.ts';
import { drawQr } from '#renderer/features/recovery-kit/draw-qr.ts';
import { kitSheet, paperOf, type KitFacts } from '#renderer/features/recovery-kit/kit-sheet-model.ts';
import { speechOf } from '#renderer/text/use-words.ts';

const CODE = 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF-GGGGG-HHHHH';
const facts: KitFacts = {
  placeName: 'Blaues Laufwerk',
  kind: 'local',
  location: '/media/jürgen/\u202eBlaues Laufwerk',
  computerName: 'laptop',
  dateMs: Date.UTC(2026, 10, 3, 12),
  repositoryId: 'a1b2c3d4'.repeat(8),
  keyIds: ['f00dbabe'.repeat(8)],
  commands: ["restic -r '/media' snapshots"],
};
const choice = { paper: 'a4', code: new SecretText(CODE), isCodeInQr: false, givenTo: '' } as const;
const { words, formats } = speechOf('de');

test('says where the copies are, in both languages, with names that cannot deceive', () => {
  const sheet = kitSheet(facts, choice, words.kit, formats);
  expect(sheet.where.map(({ value }) => value)).toEqual([
    'Blaues Laufwerk',
    'Laufwerk oder Ordner',
    '/media/jürgen/⟨202E⟩Blaues Laufwerk',
  ]);
  expect(sheet.made).toBe('Für laptop, erstellt am 3. November 2026');
  expect(sheet.groups).toEqual(CODE.split('-'));
  expect(sheet.identity).toBe('Ort a1b2c3d4 · Schlüssel f00dbabe');
  expect(kitSheet({ ...facts, kind: 'new-fangled' }, choice, words.kit, formats).where[1]?.value).toBe(
    'Anderer',
  );
});

test('the code is in the square picture only where it was asked for', () => {
  const without = kitSheet(facts, choice, words.kit, formats);
  expect(without.qrText).not.toContain('AAAAA');
  const within = kitSheet(facts, { ...choice, isCodeInQr: true }, words.kit, formats);
  expect(within.qrText.split('\n').at(-1)).toBe(CODE);
  const hidden = kitSheet(facts, { ...choice, code: null, isCodeInQr: true }, words.kit, formats);
  expect(JSON.stringify(hidden)).not.toContain('AAAAA');
});

test('the square picture has its three corners', () => {
  const { size, runs } = drawQr(facts.location);
  const corner = (x: number, y: number): boolean =>
    runs.some((run) => run.y === y && run.x === x && run.width === 7);
  expect([corner(0, 0), corner(size - 7, 0), corner(0, size - 7), corner(size - 7, size - 7)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test.each([
  [['de-DE', 'en-US'], 'a4'],
  [['en-US'], 'letter'],
  [['en', 'en-CA'], 'letter'],
  [['de'], 'a4'],
  [['zh-Hant-TW'], 'a4'],
  [[], 'a4'],
])('%j is printed on %s', (languages, paper) => {
  expect(paperOf(languages)).toBe(paper);
});

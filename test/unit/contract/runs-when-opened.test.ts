/** Which kinds of files are run by opening them, on some system. */
import { expect, test } from 'vitest';
import { runsWhenOpened } from '#contract/app/runs-when-opened.ts';

test.each([
  ['a.exe', 'a.EXE', 'a.txt.lnk', 'a.exe.', 'a.exe ', '.desktop', 'x.desktop', 'x.AppImage', 'x.sh', 'x.ps1'],
  [
    'x.bat',
    'x.cmd',
    'x.js',
    'x.vbs',
    'x.jar',
    'x.msi',
    'x.pkg',
    'x.command',
    'x.scr',
    'x.hta',
    'x.py',
    'x.url',
  ],
])('run: %s and others', (...names) => {
  expect(names.filter((name) => !runsWhenOpened(name))).toEqual([]);
});

test('what people open runs nothing', () => {
  const names = [
    'letter.docx',
    'a.pdf',
    'b.PNG',
    'notes',
    'notes.md',
    'c.txt',
    'd.xlsx',
    'e.mp4',
    'exe',
    'x.exe.txt',
  ];
  expect(names.filter(runsWhenOpened)).toEqual([]);
});

/** Paths from a person's own folder on, alone and in sentences. */
import { expect, test } from 'vitest';
import { shortenPaths, showPath } from '#renderer/text/show-path.ts';

test.each([
  ['/home/me/Letters/a.txt', '/home/me', '~/Letters/a.txt'],
  ['/home/me', '/home/me', '~'],
  ['/home/mel/a.txt', '/home/me', '/home/mel/a.txt'],
  ['/media/blue', '/home/me', '/media/blue'],
  ['/home/me/a\u202eb', '/home/me', '~/a⟨202E⟩b'],
  ['sftp:me@server:/home/me/x', '/home/me', 'sftp:me@server:/home/me/x'],
  ['/etc/hosts', '/', '/etc/hosts'],
  ['/etc/hosts', undefined, '/etc/hosts'],
  ['C:\\Users\\me\\a', 'C:\\Users\\me', 'C:\\Users\\me\\a'],
])('%s of somebody in %s is shown as %s', (path, home, shown) => {
  expect(showPath(path, home)).toBe(shown);
});

test('a path whose bytes are no text is shortened, too', () => {
  const base64 = Buffer.from('/home/me/caf\xe9', 'latin1').toString('base64');
  expect(showPath({ base64 }, '/home/me')).toBe('~/caf⟨e9⟩');
});

test.each([
  ['/home/me/drive cannot be reached (it does not exist).', '~/drive cannot be reached (it does not exist).'],
  ['Im Ordner „/home/me/Briefe“ fehlt etwas.', 'Im Ordner „~/Briefe“ fehlt etwas.'],
  ['sftp:me@host:/home/me/drive does not answer', 'sftp:me@host:/home/me/drive does not answer'],
  ['/home/melanie/x cannot be read.', '/home/melanie/x cannot be read.'],
])('in a sentence: %s', (sentence, shortened) => {
  expect(shortenPaths(sentence, '/home/me')).toBe(shortened);
});

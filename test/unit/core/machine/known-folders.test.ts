/** Which folders of a person are told, on made-up machines of each system. */
import { expect, test } from 'vitest';
import { knownFolders, type Surroundings } from '#core/machine/known-folders.ts';

function machine(folders: readonly string[], changes: Partial<Surroundings> = {}): Surroundings {
  return {
    platform: 'linux',
    home: '/home/me',
    env: {},
    files: { read: () => undefined, list: () => [] },
    isFolder: (folder) => folders.includes(folder),
    ...changes,
  };
}

const told = (around: Surroundings) =>
  knownFolders(around).map(({ key, folder, reason }) => `${key} ${folder} ${reason ?? 'suggested'}`);

test('Linux: as user-dirs.dirs names them, else by their names; programs only where they are', () => {
  const text = [
    '# made by xdg-user-dirs-update',
    'XDG_DESKTOP_DIR="$HOME/Schreibtisch"',
    'XDG_DOCUMENTS_DIR="$HOME/Dokumente/"',
    'XDG_DOWNLOAD_DIR="$HOME/"',
    'XDG_MUSIC_DIR="/data/mu\\"sic"',
    'XDG_PICTURES_DIR="$HOME/Dokumente/Bilder"',
    'nonsense',
  ].join('\n');
  const files = {
    read: (file: string) => (file === '/home/me/.config/user-dirs.dirs' ? text : undefined),
    list: () => [],
  };
  const there = ['/home/me/Schreibtisch', '/home/me/Dokumente', '/home/me/Dokumente/Bilder', '/data/mu"sic'];
  expect(told(machine([...there, '/home/me/Videos', '/home/me/.mozilla/firefox'], { files }))).toEqual([
    'documents /home/me/Dokumente suggested',
    'desktop /home/me/Schreibtisch suggested',
    'pictures /home/me/Dokumente/Bilder insideAnother',
    'music /data/mu"sic suggested',
    'videos /home/me/Videos isLarge',
    'browser /home/me/.mozilla/firefox ofAnotherProgram',
  ]);
  expect(told(machine(['/home/me/Documents', '/home/me/Downloads']))).toEqual([
    'documents /home/me/Documents suggested',
    'desktop /home/me/Desktop missing',
    'pictures /home/me/Pictures missing',
    'music /home/me/Music missing',
    'videos /home/me/Videos missing',
    'downloads /home/me/Downloads canBeFetchedAgain',
  ]);
});

test('macOS has films, mail and Safari; an unknown system still has a home folder', () => {
  const there = ['/home/me/Movies', '/home/me/Library/Mail'];
  expect(told(machine(there, { platform: 'darwin' })).filter((line) => !line.endsWith('missing'))).toEqual([
    'videos /home/me/Movies isLarge',
    'mail /home/me/Library/Mail ofAnotherProgram',
  ]);
});

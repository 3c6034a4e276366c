/**
 * Where people keep what they would miss: the folders that the system names for it, and what mail programs and browsers keep.
 * Linux tells its folders in a file (XDG user directories); macOS and Windows have fixed ones, as documented by their makers.
 * Looks whether they are there, never into them.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { MachineFiles } from './machine-files.ts';

export type KnownKey =
  'documents' | 'desktop' | 'pictures' | 'downloads' | 'music' | 'videos' | 'mail' | 'browser';

type Reason = 'missing' | 'canBeFetchedAgain' | 'isLarge' | 'ofAnotherProgram' | 'insideAnother';

export interface KnownFolder {
  readonly key: KnownKey;
  readonly folder: string;
  readonly exists: boolean;
  readonly isSuggested: boolean;
  readonly reason: Reason | null;
}

export interface Surroundings {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: MachineFiles;
  isFolder(folder: string): boolean;
}

/** In the order in which they are shown. */
const PLACES: readonly { readonly key: KnownKey; readonly xdg: string; readonly name: string }[] = [
  { key: 'documents', xdg: 'DOCUMENTS', name: 'Documents' },
  { key: 'desktop', xdg: 'DESKTOP', name: 'Desktop' },
  { key: 'pictures', xdg: 'PICTURES', name: 'Pictures' },
  { key: 'music', xdg: 'MUSIC', name: 'Music' },
  { key: 'videos', xdg: 'VIDEOS', name: 'Videos' },
  { key: 'downloads', xdg: 'DOWNLOAD', name: 'Downloads' },
];

const NOT_SUGGESTED: Readonly<Partial<Record<KnownKey, Reason>>> = {
  downloads: 'canBeFetchedAgain',
  videos: 'isLarge',
  mail: 'ofAnotherProgram',
  browser: 'ofAnotherProgram',
};

/** Below the home folder. Of flatpak and snap, too. */
const LINUX_PROGRAMS: readonly (readonly [KnownKey, string])[] = [
  ['mail', '.thunderbird'],
  ['mail', '.var/app/org.mozilla.Thunderbird/.thunderbird'],
  ['mail', 'snap/thunderbird/common/.thunderbird'],
  ['mail', '.local/share/evolution'],
  ['browser', '.mozilla/firefox'],
  ['browser', '.var/app/org.mozilla.firefox/.mozilla/firefox'],
  ['browser', 'snap/firefox/common/.mozilla/firefox'],
  ['browser', '.config/google-chrome'],
  ['browser', '.config/chromium'],
  ['browser', '.config/BraveSoftware'],
];
const MAC_PROGRAMS: readonly (readonly [KnownKey, string])[] = [
  ['mail', 'Library/Mail'],
  ['mail', 'Library/Thunderbird'],
  ['browser', 'Library/Safari'],
  ['browser', 'Library/Application Support/Firefox'],
  ['browser', 'Library/Application Support/Google/Chrome'],
];

export function knownFolders(around: Surroundings): KnownFolder[] {
  const found = [...ownFolders(around), ...programFolders(around)];
  const told: KnownFolder[] = [];
  for (const { key, folder } of found) {
    if (told.some((other) => other.folder === folder)) continue;
    const exists = around.isFolder(folder);
    const isInside = told.some((other) => other.isSuggested && isBelow(folder, other.folder));
    const reason = exists ? (NOT_SUGGESTED[key] ?? (isInside ? 'insideAnother' : null)) : 'missing';
    told.push({ key, folder, exists, isSuggested: reason === null, reason });
  }
  return told;
}

interface Found {
  readonly key: KnownKey;
  readonly folder: string;
}

function ownFolders(around: Surroundings): Found[] {
  const { platform, home, env } = around;
  if (platform === 'linux') {
    const named = readUserDirs(around);
    return PLACES.flatMap(({ key, xdg, name }) => {
      const folder = named.get(xdg) ?? path.join(home, name);
      // Named as the home folder itself: there is none.
      return path.relative(folder, home) === '' ? [] : [{ key, folder }];
    });
  }
  return PLACES.map(({ key, name }) => {
    const own = path.join(home, platform === 'darwin' && key === 'videos' ? 'Movies' : name);
    // OneDrive takes some of them over; then those in the home folder are empty or gone.
    const cloud = platform === 'win32' ? env['OneDrive'] : undefined;
    const taken = cloud === undefined ? own : path.join(cloud, name);
    return { key, folder: around.isFolder(taken) ? taken : own };
  });
}

/** Source: xdg-user-dirs, `user-dirs.dirs`: lines as a shell reads them, absolute or below `$HOME`. */
function readUserDirs({ home, env, files }: Surroundings): Map<string, string> {
  const config = env['XDG_CONFIG_HOME'] || path.join(home, '.config');
  const named = new Map<string, string>();
  for (const line of (files.read(path.join(config, 'user-dirs.dirs')) ?? '').split('\n')) {
    const [, name, value] = /^\s*XDG_(\w+)_DIR\s*=\s*"(.*)"\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const text = value.replaceAll(/\\(.)/g, '$1');
    const folder = text.startsWith('$HOME') ? path.join(home, text.slice('$HOME'.length)) : text;
    if (path.isAbsolute(folder)) named.set(name, path.normalize(folder).replace(/(.)\/$/, '$1'));
  }
  return named;
}

/** Only those that are there: nobody misses a browser that they do not have. */
function programFolders({ platform, home, env, isFolder }: Surroundings): Found[] {
  const below = (list: readonly (readonly [KnownKey, string])[]): Found[] =>
    list.map(([key, name]) => ({ key, folder: path.join(home, name) }));
  const found =
    platform === 'linux'
      ? below(LINUX_PROGRAMS)
      : platform === 'darwin'
        ? below(MAC_PROGRAMS)
        : windowsPrograms(env);
  return found.filter(({ folder }) => isFolder(folder));
}

function windowsPrograms(env: Surroundings['env']): Found[] {
  const [roaming, local] = [env['APPDATA'], env['LOCALAPPDATA']];
  const list: readonly (readonly [KnownKey, string | undefined, ...string[]])[] = [
    ['mail', roaming, 'Thunderbird'],
    ['mail', local, 'Microsoft', 'Outlook'],
    ['browser', roaming, 'Mozilla', 'Firefox'],
    ['browser', local, 'Google', 'Chrome', 'User Data'],
    ['browser', local, 'Microsoft', 'Edge', 'User Data'],
  ];
  return list.flatMap(([key, base, ...names]) =>
    base === undefined ? [] : [{ key, folder: path.join(base, ...names) }],
  );
}

function isBelow(folder: string, above: string): boolean {
  const relative = path.relative(above, folder);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

export function isFolder(folder: string): boolean {
  try {
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/** What the shell decides without Electron: addresses, arguments, the autostart file. */
import { describe, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { isOwnPage, pageAddress } from '#hosts/electron/app-origin.ts';
import { autostartFileOf, autostartText } from '#hosts/electron/autostart-file.ts';
import { routeOfFile, routeOfLink } from '#hosts/electron/deep-link.ts';
import { isKnownWebAddress } from '#hosts/electron/external-addresses.ts';
import { windowOptions } from '#hosts/electron/window-options.ts';
import { startFailureText } from '#hosts/electron/start-failure-text.ts';
import { argumentsOfCommandLine, readLaunchArguments } from '#hosts/electron/launch-arguments.ts';

describe('links', () => {
  test.each([
    ['tidemark://overview', '/'],
    ['tidemark://overview/', '/'],
    ['tidemark://restore', '/history'],
    ['TIDEMARK://history', '/history'],
    [
      'tidemark://history?path=%2Fhome%2Fme%2Fa%20b%26.txt&do=erase',
      '/history?path=%2Fhome%2Fme%2Fa%20b%26.txt',
    ],
    ['tidemark://history?path=C%3A%5Cme%5Ca.txt', '/history?path=C%3A%5Cme%5Ca.txt'],
    ['tidemark://history?path=not%20absolute', '/history'],
    ['tidemark://history?path=%2Fa%0Ab', '/history'],
    ['tidemark://plans/p-1_2', '/folders/p-1_2'],
    ['tidemark://places?path=%2Fa', '/places'],
    ['tidemark://settings?do=erase#now', '/settings'],
  ])('%s shows %s', (link, route) => {
    expect(routeOfLink(link)).toBe(route);
  });

  test.each([
    'tidemark://backup',
    'tidemark://jobs.start/all',
    'tidemark://plans/a/b',
    'tidemark://plans/..%2f..',
    'tidemark://plans/<script>',
    `tidemark://plans/${'a'.repeat(65)}`,
    `tidemark://plans?${'a'.repeat(9000)}`,
    'tidemark://overview/p-1',
    'tidemark://constructor',
    'tidemark://__proto__',
    'tidemark:restore',
    'tidemark://',
    'https://restore',
    'javascript:alert(1)',
    'not a link',
  ])('%s shows nothing', (link) => {
    expect(routeOfLink(link)).toBeUndefined();
  });

  test('the name of a file cannot leave its place in the address', () => {
    expect(routeOfFile('/home/me/a b?#&%.txt')).toBe('/history?path=%2Fhome%2Fme%2Fa%20b%3F%23%26%25.txt');
  });
});

describe('arguments of a start', () => {
  test.each<[string[], object]>([
    [['electron'], { isHidden: false }],
    [['electron', '--hidden'], { isHidden: true }],
    [['electron', '/app', 'tidemark://restore'], { isHidden: false, route: '/history' }],
    [['electron', 'tidemark://erase'], { isHidden: false }],
    [
      ['electron', '--earlier-versions', 'letter.txt'],
      { isHidden: false, route: '/history?path=%2Fhome%2Fme%2Fletter.txt' },
    ],
    [
      ['electron', '--earlier-versions', '/a/../b', 'tidemark://plans'],
      { isHidden: false, route: '/history?path=%2Fb' },
    ],
    [['electron', '--earlier-versions'], { isHidden: false }],
  ])('%j', (argv, wish) => {
    expect(readLaunchArguments(argv, '/home/me')).toEqual(wish);
  });

  test('everything after --cli is for the command line', () => {
    const argv = ['electron', '/app', '--cli', 'ls', '--cli', 'latest'];
    expect(argumentsOfCommandLine(argv)).toEqual(['electron', 'tidemark', 'ls', '--cli', 'latest']);
    expect(argumentsOfCommandLine(['electron', '/app'])).toBeUndefined();
  });

  test('the name of the program is no argument', () => {
    expect(readLaunchArguments(['tidemark://restore'], '/')).toEqual({ isHidden: false });
  });
});

describe('pages and addresses', () => {
  test('our own pages', () => {
    expect(isOwnPage(pageAddress('/history?path=%2Fa'))).toBe(true);
    expect(isOwnPage('app://tidemark/')).toBe(true);
  });

  test.each([
    'app://tidemark.evil/',
    'app://me@tidemark/',
    'app://tidemark:81/',
    'https://tidemark/',
    'file:///x',
    'javascript:1',
    '',
  ])('not %s', (address) => {
    expect(isOwnPage(address)).toBe(false);
  });

  test.each([
    ['https://restic.net/', true],
    ['https://restic.readthedocs.io/en/stable/', true],
    ['http://restic.net/', false],
    ['https://restic.net.evil.example/', false],
    ['https://restic.net@evil.example/', false],
    ['https://restic.net:8443/', false],
    ['file:///etc/passwd', false],
    ['rubbish', false],
  ])('the browser opens %s: %s', (address, isOpened) => {
    expect(isKnownWebAddress(address)).toBe(isOpened);
  });
});

describe('autostart file', () => {
  test.each([
    [{ configHome: '/cfg', home: '/home/me' }, '/cfg/autostart/tidemark.desktop'],
    [{ configHome: undefined, home: '/home/me' }, '/home/me/.config/autostart/tidemark.desktop'],
    // The specification: a relative one is ignored.
    [{ configHome: 'cfg', home: '/home/me' }, '/home/me/.config/autostart/tidemark.desktop'],
    [{ configHome: '', home: '/home/me' }, '/home/me/.config/autostart/tidemark.desktop'],
  ])('%j', (session, file) => {
    expect(autostartFileOf(session, 'tidemark')).toBe(file);
  });

  test('starts hidden, with names of every kind', () => {
    const text = autostartText(['/opt/My "Apps"/tide$mark`100%\\x', '/app folder']);
    expect(text).toContain('[Desktop Entry]\nType=Application\n');
    const exec = text.split('\n').find((line) => line.startsWith('Exec='));
    expect(exec).toBe(
      'Exec="/opt/My \\\\"Apps\\\\"/tide\\\\$mark\\\\`100%%\\\\\\\\x" "/app folder" "--hidden"',
    );
  });
});

describe('a start that does not go', () => {
  test('says what happened, what is safe and what to do', () => {
    const text = startFailureText(
      new TidemarkError('storage.full', { location: '/home', outOfInodes: false }),
      'en',
    );
    expect(text.split('\n\n')).toHaveLength(3);
    expect(text).toContain('/home');
  });

  test('tells nothing of what is inside', () => {
    expect(startFailureText(new RangeError('secret detail'), 'de')).not.toContain('secret');
  });
});

test('the window is sandboxed and isolated, and has developer tools only in development', () => {
  const facts = { preload: '/p.cjs', isDark: true };
  expect(windowOptions({ ...facts, isPackaged: true }).webPreferences).toEqual({
    preload: '/p.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    spellcheck: false,
    devTools: false,
  });
  expect(windowOptions({ ...facts, isPackaged: false }).webPreferences?.devTools).toBe(true);
});

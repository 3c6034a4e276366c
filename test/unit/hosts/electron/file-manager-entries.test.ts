/** The entries of file managers: what they must have to be shown, and that each asks for the versions of what was chosen. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readLaunchArguments } from '#hosts/electron/launch-arguments.ts';

const ROOT = path.join(import.meta.dirname, '../../../..');
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

/** Group -> key -> value. Source: Desktop Entry Specification. */
function groupsOf(text: string): Record<string, Record<string, string>> {
  const groups: Record<string, Record<string, string>> = {};
  let current: Record<string, string> = {};
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const group = /^\[(.+)\]$/.exec(line)?.[1];
    if (group !== undefined) current = groups[group] = {};
    else current[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
  }
  return groups;
}

function routeOf(exec: string, file: string): string | undefined {
  const argv = exec.split(' ').map((part) => (/^%[fF]$/.test(part) ? file : part));
  expect(argv[0]).toBe('tidemark');
  return readLaunchArguments(argv, '/').route;
}

const FILE = '/home/me/100% sure & "quoted" $(no).txt';
const ROUTE = `/history?path=${encodeURIComponent(FILE)}`;

test('Nemo: for one file or folder, its name in quotes', () => {
  const { 'Nemo Action': action } = groupsOf(read('assets/linux/tidemark.nemo_action'));
  expect(action).toMatchObject({
    Name: 'Earlier versions',
    Selection: 's',
    Extensions: 'any;',
    Quote: 'double',
  });
  expect(routeOf(action!['Exec']!, FILE)).toBe(ROUTE);
});

test('Dolphin: for files and folders of every kind', () => {
  const groups = groupsOf(read('assets/linux/tidemark-dolphin.desktop'));
  const entry = groups['Desktop Entry']!;
  expect(entry).toMatchObject({ Type: 'Service', Actions: 'earlierVersions' });
  for (const type of ['inode/directory', 'all/allfiles']) expect(entry['MimeType']).toContain(`${type};`);
  const action = groups[`Desktop Action ${entry['Actions']}`]!;
  expect(action['Name']).toBe('Earlier versions');
  expect(routeOf(action['Exec']!, FILE)).toBe(ROUTE);
});

test('both are put where the file managers look', () => {
  const packed = read('electron-builder.yml');
  expect(packed).toContain(
    'assets/linux/tidemark-dolphin.desktop=/usr/share/kio/servicemenus/tidemark.desktop',
  );
  expect(packed).toContain('assets/linux/tidemark.nemo_action=/usr/share/nemo/actions/tidemark.nemo_action');
});

test('Explorer: for files and folders, and taken away with the program', () => {
  const script = read('assets/windows/installer.nsh');
  for (const kind of ['*', 'Directory']) {
    expect(script).toContain(
      `"Software\\Classes\\${kind}\\shell\\Tidemark\\command" "" '"$INSTDIR\\tidemark.exe" --earlier-versions "%1"'`,
    );
    expect(script).toContain(`DeleteRegKey SHCTX "Software\\Classes\\${kind}\\shell\\Tidemark"`);
  }
});

/** The tray's introduction: where it is, whether there is one, and that it is told once. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findTray, usualCorner } from '#core/machine/find-tray.ts';
import { CoreWorld } from '#test/support/core-world.ts';

test.each([
  ['win32', '', 'bottomRight'],
  ['darwin', '', 'topRight'],
  ['linux', 'ubuntu:GNOME', 'topRight'],
  ['linux', 'XFCE', 'topRight'],
  ['linux', 'KDE', 'bottomRight'],
  ['linux', 'X-Cinnamon', 'bottomRight'],
  ['linux', '', 'topRight'],
] as const)('%s %s: %s', (platform, desktop, corner) => {
  expect(usualCorner(platform, desktop)).toBe(corner);
});

test.skipIf(process.platform === 'win32')(
  'on Linux only where somebody shows icons, by a program that answers like busctl',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-tray-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const program = path.join(folder, 'busctl');
    const answers = async (text: string, code = 0): Promise<string | null> => {
      writeFileSync(program, `#!/bin/sh\necho '${text}'\nexit ${code}\n`);
      chmodSync(program, 0o755);
      return findTray('linux', 'KDE', program);
    };
    expect(await answers('b true')).toBe('bottomRight');
    expect(await answers('b false')).toBeNull();
    expect(await answers('b true', 1)).toBeNull();
    expect(await findTray('linux', 'KDE', path.join(folder, 'missing'))).toBeNull();
    expect(await findTray('win32', '', path.join(folder, 'missing'))).toBe('bottomRight');
  },
);

test('introduced once in the life of a profile, and only by a host that has a tray', async () => {
  const world = new CoreWorld();
  onTestFinished(() => world.remove());
  const introduction = () => world.calls['tray.introduction']({});
  await world.start();
  expect(await introduction()).toBeNull();
  await world.stop();
  await world.start('profile', { trayCorner: async () => 'topRight' });
  expect([await introduction(), await introduction()]).toEqual([
    { corner: 'topRight' },
    { corner: 'topRight' },
  ]);
  expect([await world.calls['tray.told']({}), await introduction()]).toEqual([true, null]);
  expect(await world.calls['tray.told']({})).toBe(false);
  await world.stop();
  await world.start('profile', { trayCorner: async () => 'topRight' });
  expect([await introduction(), await world.calls['tray.told']({})]).toEqual([null, false]);
});

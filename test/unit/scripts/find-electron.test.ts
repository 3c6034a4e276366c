/** When `npm start` takes the browser before it has looked for Electron. */
import { expect, test } from 'vitest';
import { whyNoWindow } from '../../../scripts/find-electron.mjs';

test.each([
  [{ platform: 'linux', env: { DISPLAY: ':0' }, isRoot: false }, undefined],
  [{ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, isRoot: false }, undefined],
  [{ platform: 'linux', env: {}, isRoot: false }, 'this machine has no display'],
  [{ platform: 'linux', env: { DISPLAY: '' }, isRoot: false }, 'this machine has no display'],
  [{ platform: 'linux', env: { DISPLAY: ':0' }, isRoot: true }, 'Electron does not run as root'],
  [{ platform: 'darwin', env: {}, isRoot: false }, undefined],
  [{ platform: 'win32', env: {}, isRoot: false }, undefined],
] as const)('%j', (machine, reason) => {
  expect(whyNoWindow(machine)).toBe(reason);
});

/** Places that a machine has, from a made-up mount table and made-up disks over real folders; and this machine's own. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { loadDiskFacts } from '#core/machine/block-devices.ts';
import { machineFiles } from '#core/machine/machine-files.ts';
import { loadMachinePlaces, type PlaceSurroundings } from '#core/machine/machine-places.ts';

function makeRoot(): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-places-')));
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }));
  return root;
}

function write(file: string, text = ''): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** sda with home on it, encrypted; sdb on a USB cable, whose medium cannot be changed. */
function makeDisks(root: string): void {
  const devices = path.join(root, 'sys/devices');
  write(path.join(devices, 'pci/ata1/block/sda/removable'), '0\n');
  write(path.join(devices, 'pci/ata1/block/sda/sda2/partition'), '2\n');
  write(path.join(devices, 'pci/ata1/block/sda/sda3/partition'), '3\n');
  write(path.join(devices, 'pci/usb2/2-1/block/sdb/removable'), '0\n');
  write(path.join(devices, 'pci/usb2/2-1/block/sdb/sdb1/partition'), '1\n');
  fs.mkdirSync(path.join(devices, 'virtual/block/dm-0/slaves'), { recursive: true });
  const byName = path.join(root, 'sys/class/block');
  fs.mkdirSync(byName, { recursive: true });
  const link = (name: string, to: string): void =>
    fs.symlinkSync(path.join(devices, to), path.join(byName, name));
  link('sda2', 'pci/ata1/block/sda/sda2');
  link('sda3', 'pci/ata1/block/sda/sda3');
  link('sdb1', 'pci/usb2/2-1/block/sdb/sdb1');
  link('dm-0', 'virtual/block/dm-0');
  fs.symlinkSync(path.join(byName, 'sda2'), path.join(devices, 'virtual/block/dm-0/slaves/sda2'));
  fs.mkdirSync(path.join(root, 'dev/mapper'), { recursive: true });
  write(path.join(root, 'dev/dm-0'));
  fs.symlinkSync('../dm-0', path.join(root, 'dev/mapper/home'));
}

function makeRepository(folder: string): void {
  write(path.join(folder, 'config'));
  for (const name of ['keys', 'snapshots']) fs.mkdirSync(path.join(folder, name), { recursive: true });
}

function surroundings(root: string, mounts: readonly string[]): PlaceSurroundings {
  write(path.join(root, 'proc/self/mountinfo'), mounts.join('\n'));
  return {
    platform: 'linux',
    home: '/home/me',
    env: {},
    files: machineFiles(root),
    loadDisks: (source) => loadDiskFacts(source, root),
    onDisk: (location) => path.join(root, location),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
}

const mount = (point: string, type: string, source: string): string =>
  `29 1 8:2 / ${point.replaceAll(' ', '\\040')} rw,relatime shared:1 - ${type} ${source} rw`;

test('drives and network folders are places, the system is not, and what is there already is found', async () => {
  const root = makeRoot();
  makeDisks(root);
  const at = (name: string): string => path.join(root, name);
  for (const name of ['home/me', 'media/stick of mine/copies', 'mnt/inner', 'mnt/nas/old'])
    fs.mkdirSync(at(name), { recursive: true });
  makeRepository(at('media/stick of mine/copies'));
  makeRepository(at('mnt/nas'));
  // Half a repository is none.
  write(at('mnt/inner/half/config'));
  const places = await loadMachinePlaces(
    surroundings(root, [
      mount('/', 'ext4', '/dev/sda3'),
      mount('/home/me', 'ext4', '/dev/mapper/home'),
      mount('/boot/efi', 'vfat', '/dev/sda1'),
      mount('/snap/core/1', 'squashfs', '/dev/loop0'),
      mount('/run/user/1000', 'tmpfs', 'tmpfs'),
      mount('/media/stick of mine', 'exfat', '/dev/sdb1'),
      mount('/mnt/inner', 'ext4', '/dev/sda3'),
      mount('/mnt/nas', 'nfs4', 'nas:/backup'),
      mount('/media/gone', 'ext4', '/dev/sdb1'),
    ]),
  );
  expect(places.every(({ freeBytes, totalBytes }) => freeBytes! >= 0 && totalBytes! > 0)).toBe(true);
  expect(
    places.map(({ kind, name, location, isRemovable, repositoryFound, sameDiskAsHome }) => [
      kind,
      name,
      location,
      { isRemovable, repositoryFound, sameDiskAsHome },
    ]),
  ).toEqual([
    [
      'existing',
      'copies',
      '/media/stick of mine/copies',
      { isRemovable: true, repositoryFound: true, sameDiskAsHome: false },
    ],
    ['existing', 'nas', '/mnt/nas', { isRemovable: false, repositoryFound: true, sameDiskAsHome: false }],
    [
      'drive',
      'stick of mine',
      '/media/stick of mine',
      { isRemovable: true, repositoryFound: true, sameDiskAsHome: false },
    ],
    ['network', 'nas', '/mnt/nas', { isRemovable: false, repositoryFound: true, sameDiskAsHome: false }],
    ['drive', 'inner', '/mnt/inner', { isRemovable: false, repositoryFound: false, sameDiskAsHome: true }],
  ]);
});

test('shares that GNOME has opened have names for people', async () => {
  const root = makeRoot();
  const share = path.join(root, 'run/gvfs/smb-share:server=nas.local,share=backup');
  fs.mkdirSync(share, { recursive: true });
  const around = surroundings(root, []);
  const files = { ...around.files, list: (folder: string) => fs.readdirSync(folder) };
  const env = { XDG_RUNTIME_DIR: path.join(root, 'run') };
  expect(await loadMachinePlaces({ ...around, files, env, onDisk: (location) => location })).toMatchObject([
    { kind: 'network', name: 'backup (nas.local)', location: share },
  ]);
});

test('a server that does not answer is told, without what it did not say', async () => {
  const root = makeRoot();
  const around = surroundings(root, [mount('/mnt/nas', 'nfs4', 'nas:/x')]);
  const places = await loadMachinePlaces({ ...around, sleep: () => Promise.resolve() });
  expect(places).toMatchObject([{ name: 'nas', freeBytes: null, totalBytes: null, repositoryFound: false }]);
});

test('this machine answers', async () => {
  const around = surroundings(makeRoot(), []);
  const places = await loadMachinePlaces({
    ...around,
    files: machineFiles(),
    loadDisks: (source) => loadDiskFacts(source),
    onDisk: (location) => location,
  });
  expect(places.every(({ location }) => fs.statSync(location).isDirectory())).toBe(true);
});

/** Where changes pass unnoticed, read from the kernel's table. */
import { describe, expect, it } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { isUnwatchable, loadMounts, mountOf, mountsBelow, parseMounts } from '#services/watcher/mounts.ts';

const TABLE = [
  '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '40 22 0:50 / /mnt/nas rw - nfs4 nas:/volume rw',
  '41 22 0:51 / /mnt/my\\040disk rw master:2 propagate_from:3 - fuse.sshfs me@host: rw',
  '42 22 254:1 / /mnt/caf\xe9 rw - ext4 /dev/vdb rw',
  '43 22 254:2 / /mnt/nas rw - ext4 /dev/vdc rw',
  'a line that is not understood',
].join('\n') as ByteString;
const path = (text: string): ByteString => text as ByteString;

describe('the table of mounts', () => {
  const mounts = parseMounts(TABLE);

  it('is read with names as bytes', () => {
    expect(mounts.map(({ point, type }) => [point, type])).toEqual([
      ['/', 'ext4'],
      ['/mnt/nas', 'nfs4'],
      ['/mnt/my disk', 'fuse.sshfs'],
      ['/mnt/caf\xe9', 'ext4'],
      ['/mnt/nas', 'ext4'],
    ]);
  });

  it('tells what lies at a path: the last of several, and no neighbour', () => {
    expect(mountOf(mounts, path('/mnt/nas/photos'))?.type).toBe('ext4');
    expect(mountOf(mounts, path('/mnt/nas2'))?.point).toBe('/');
    expect(mountsBelow(mounts, path('/mnt')).map(({ point }) => point)).toHaveLength(4);
    expect(mountsBelow(mounts, path('/mnt/nas'))).toEqual([]);
  });

  it.each([
    ['nfs', true],
    ['cifs', true],
    ['fuse.sshfs', true],
    ['fuse.gocryptfs', false],
    ['fuseblk', false],
    ['ext4', false],
    ['btrfs', false],
  ])('%s hides changes: %s', (type, expected) => {
    expect(isUnwatchable({ type: path(type), point: path('/x'), id: path('1') })).toBe(expected);
  });

  it('of this machine has a root', async () => {
    expect(mountOf(await loadMounts(), path('/'))?.point).toBe('/');
  });
});

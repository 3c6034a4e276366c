/**
 * Owner, attributes, mode and times by path, over node:fs and the system's extras. Never follows a link in the last
 * component; never throws. Where a system has no extras for it, times are good to about 200 ns only.
 */
import type { ByteString } from '#base/byte-string.ts';
import { describeFileError } from '#files/describe-file-error.ts';
import { errnoError } from '#files/errno-error.ts';
import { toFileStat } from '#files/node-fs/node-stat.ts';
import type { NativePath, SystemExtras } from '#files/node-fs/system-extras.ts';
import type { FileMetadata, MetadataProblem } from '#files/port.ts';
import fs from 'node:fs';
import { constants } from 'node:os';

const SET_ID_BITS = 0o6000;

export function applyNodeMetadata(
  extras: SystemExtras,
  path: ByteString,
  checkedPath: () => NativePath,
  metadata: FileMetadata,
): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  const attempt = (what: MetadataProblem['what'], detail: string, act: () => void): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      problems.push({ what, detail, reason: describeFileError(error) });
      return false;
    }
  };

  let native: NativePath = '';
  let permissions = metadata.permissions & 0o7777;
  const found = attempt('permissions', '', () => {
    native = checkedPath();
    const now = toFileStat(fs.lstatSync(native, { bigint: true }), extras);
    if (now.kind !== metadata.kind) throw errnoError(constants.errno.EINVAL, 'lstat', '');
    if (!extras.hasOwners || (now.uid === metadata.uid && now.gid === metadata.gid)) return;
    const given = attempt('owner', '', () => {
      fs.lchownSync(native, metadata.uid, metadata.gid);
    });
    // Set-id bits would lend the rights of the wrong owner.
    if (!given && metadata.kind !== 'dir') permissions &= ~SET_ID_BITS;
  });
  if (!found) return problems;

  applyAttributes(extras, path, metadata, attempt);
  if (metadata.kind !== 'symlink') {
    attempt('permissions', '', () => {
      fs.chmodSync(native, permissions);
    });
  }
  attempt('times', '', () => {
    if (extras.setTimes) extras.setTimes(path, metadata);
    else
      fs.lutimesSync(
        native,
        seconds(metadata.atimeSec, metadata.atimeNsec),
        seconds(metadata.mtimeSec, metadata.mtimeNsec),
      );
  });
  return problems;
}

function applyAttributes(
  extras: SystemExtras,
  path: ByteString,
  metadata: FileMetadata,
  attempt: (what: 'attribute', detail: string, act: () => void) => boolean,
): void {
  const wanted = metadata.extendedAttributes;
  const { setAttribute, removeAttribute } = extras;
  if (removeAttribute) {
    attempt('attribute', '', () => {
      for (const { name } of extras.readAttributes(path)) {
        if (wanted.some((attribute) => attribute.name === name)) continue;
        attempt('attribute', name, () => {
          removeAttribute.call(extras, path, name);
        });
      }
    });
  }
  for (const attribute of wanted) {
    attempt('attribute', attribute.name, () => {
      if (!setAttribute) throw errnoError(constants.errno.ENOTSUP, 'setxattr', '');
      setAttribute.call(extras, path, attribute);
    });
  }
}

function seconds(whole: number, nanoseconds: number): number {
  return whole + nanoseconds / 1e9;
}

/**
 * Gives one restored entry its owner, attributes, mode and times, in the only order that works: a change of owner clears
 * set-user-id bits and capabilities, attributes need a writable file, and everything but times changes nothing about times.
 * Works on a handle that was opened without following links, so all calls hit the same object. Files and folders are opened
 * for real, which costs a third of the way through /proc/self/fd that everything else has to take.
 * What cannot be applied is returned, never thrown.
 */
import type { ByteString } from '#base/byte-string.ts';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { describeFileError } from '#files/describe-file-error.ts';
import { errnoError } from '#files/errno-error.ts';
import type { Entry, Libc } from '#files/linux/libc.ts';
import { listAttributeNames } from '#files/linux/linux-attributes.ts';
import type { LinuxStat } from '#files/linux/linux-stat.ts';
import type { FileMetadata, MetadataProblem } from '#files/port.ts';
import { constants } from 'node:os';

const { EACCES, ENODATA } = constants.errno;
/** (uid_t) -1: leave this one as it is. */
const KEEP_ID = 0xffffffff;
const SET_UID = 0o4000;
const SET_GID = 0o2000;
const SPECIAL_BITS = 0o7000;
/** Beyond these some file systems cut the value to what they can hold, without an error. */
const SAFE_SECONDS_MAX = 0x7fffffff;
/**
 * Attributes that belong to the person. Others (security labels, `system.nfs4_acl` and such) are made by the system itself
 * for every new file; removing them fails or weakens the machine's own rules.
 */
const REMOVABLE = /^(?:user\.|trusted\.|security\.capability$|system\.posix_acl_(?:access|default)$)/;

const times = new BigInt64Array(4);
const timesBytes = new Uint8Array(times.buffer);

/**
 * `fd` is a handle on the entry itself; `isPathOnly` says that it was opened with O_PATH. `stat` reads the libc's stat buffer.
 */
export function applyLinuxMetadata(
  libc: Libc,
  stat: LinuxStat,
  fd: number,
  isPathOnly: boolean,
  metadata: FileMetadata,
): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  const looked = libc.statAt(fd, '' as ByteString);
  if (looked < 0) return [problem('permissions', '', looked)];
  if (stat.kind !== metadata.kind) {
    return [{ what: 'permissions', detail: '', reason: 'something else has taken its place' }];
  }
  const self: Entry = isPathOnly ? (`/proc/self/fd/${fd}` as ByteString) : fd;
  const { permissions } = stat;
  const lost = applyOwner(libc, stat, fd, metadata, problems);
  applyAttributes(libc, self, permissions, metadata, problems);
  if (metadata.kind !== 'symlink')
    applyMode(libc, stat, fd, self, metadata.permissions & 0o7777 & ~lost, problems);
  applyTimes(libc, stat, fd, self, metadata, problems);
  return problems;
}

/** Returns the mode bits that must not be given, because they would lend the wrong owner's rights. */
function applyOwner(
  libc: Libc,
  stat: LinuxStat,
  fd: number,
  metadata: FileMetadata,
  problems: MetadataProblem[],
): number {
  const otherUser = stat.uid !== metadata.uid;
  const otherGroup = stat.gid !== metadata.gid;
  if (!otherUser && !otherGroup) return 0;
  const failed = libc.changeOwner(fd, metadata.uid, metadata.gid);
  if (failed >= 0) return 0;
  // A person may give away a file to one of their own groups, but not to another user.
  const groupFailed = otherGroup ? libc.changeOwner(fd, KEEP_ID, metadata.gid) : 0;
  problems.push(problem('owner', '', failed));
  const lost = (otherUser ? SET_UID : 0) | (groupFailed < 0 ? SET_GID : 0);
  const withheld = metadata.kind === 'dir' ? 0 : lost & metadata.permissions;
  if (withheld !== 0) {
    problems.push({
      what: 'permissions',
      detail: '',
      reason: 'it would run with the rights of the wrong owner, so the set-id bits were left out',
    });
  }
  return withheld;
}

function applyAttributes(
  libc: Libc,
  self: Entry,
  permissions: number,
  metadata: FileMetadata,
  problems: MetadataProblem[],
): void {
  const wanted = metadata.extendedAttributes;
  const present = listAttributeNames(libc, self, true);
  // Without a list nothing can be removed; that matters only where something could be there.
  if (typeof present === 'number') problems.push(problem('attribute', '', present));
  else {
    for (const name of present) {
      const text = toDisplay(name);
      if (!REMOVABLE.test(name) || wanted.some((attribute) => attribute.name === text)) continue;
      const failed = whenWritable(libc, self, permissions, metadata, () => libc.removeAttribute(self, name));
      if (failed < 0 && failed !== -ENODATA) problems.push(problem('attribute', text, failed));
    }
  }
  for (const attribute of wanted) {
    const failed = whenWritable(libc, self, permissions, metadata, () => set(libc, self, attribute));
    if (failed < 0) problems.push(problem('attribute', attribute.name, failed));
  }
}

function set(libc: Libc, self: Entry, attribute: ExtendedAttribute): number {
  return libc.setAttribute(self, textToByteString(attribute.name), attribute.value);
}

/** `user.` attributes need write permission: an existing read-only file gets it until its final mode is set. */
function whenWritable(
  libc: Libc,
  self: Entry,
  permissions: number,
  metadata: FileMetadata,
  change: () => number,
): number {
  const result = change();
  if (result !== -EACCES || (metadata.kind !== 'file' && metadata.kind !== 'dir')) return result;
  return libc.changeMode(self, (permissions & 0o777) | 0o600) < 0 ? result : change();
}

function applyMode(
  libc: Libc,
  stat: LinuxStat,
  fd: number,
  self: Entry,
  mode: number,
  problems: MetadataProblem[],
): void {
  const failed = libc.changeMode(self, mode);
  if (failed < 0) {
    problems.push(problem('permissions', '', failed));
    return;
  }
  // The system drops set-group-id silently for somebody outside the group.
  if ((mode & SPECIAL_BITS) !== 0 && libc.statAt(fd, '' as ByteString) >= 0 && stat.permissions !== mode) {
    problems.push({
      what: 'permissions',
      detail: '',
      reason: 'the system did not accept the set-id or sticky bits',
    });
  }
}

function applyTimes(
  libc: Libc,
  stat: LinuxStat,
  fd: number,
  self: Entry,
  metadata: FileMetadata,
  problems: MetadataProblem[],
): void {
  const { mtimeSec, atimeSec } = metadata;
  times[0] = BigInt(atimeSec);
  times[1] = BigInt(metadata.atimeNsec);
  times[2] = BigInt(mtimeSec);
  times[3] = BigInt(metadata.mtimeNsec);
  const failed = libc.setTimes(self, timesBytes);
  if (failed < 0) problems.push(problem('times', '', failed));
  else if (mtimeSec < 0 || mtimeSec > SAFE_SECONDS_MAX || atimeSec < 0 || atimeSec > SAFE_SECONDS_MAX) {
    if (
      libc.statAt(fd, '' as ByteString) >= 0 &&
      (stat.mtimeSec !== mtimeSec || stat.atimeSec !== atimeSec)
    ) {
      problems.push({
        what: 'times',
        detail: '',
        reason: 'this disk cannot hold a time so far in the past or the future',
      });
    }
  }
}

function problem(what: MetadataProblem['what'], detail: string, negated: number): MetadataProblem {
  return { what, detail, reason: describeFileError(errnoError(-negated, what, '')) };
}

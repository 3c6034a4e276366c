/**
 * A file that appears under its name only when it is whole, and never in the place of another: it is written beside it, brought
 * to the disk and then linked. Stopped at any moment it leaves at most the unfinished one, which says by its name what it is.
 */
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { byteStringToBytes, toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';

/** File systems of sticks have no links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

/**
 * @param suffix of the unfinished one, random. @returns what `write` returns
 * @throws files.targetExists, files.targetNotWritable, files.noSpace; what `write` throws
 */
export async function writeNewFile<T>(
  target: ByteString,
  suffix: string,
  write: (sink: (bytes: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  if (await isThere(target)) throw targetExists(target);
  const unfinished = `${target}.${suffix}.unfinished` as ByteString;
  const handle = await asTyped(target, open(onDisk(unfinished), 'wx'));
  try {
    let result: T;
    try {
      result = await write(async (bytes) => asTyped(target, handle.writeFile(bytes)));
      await asTyped(target, handle.sync());
    } finally {
      await handle.close();
    }
    await asTyped(target, giveName(unfinished, target));
    return result;
  } catch (error) {
    await unlink(onDisk(unfinished)).catch(() => undefined);
    throw error;
  }
}

async function giveName(unfinished: ByteString, target: ByteString): Promise<void> {
  try {
    await link(onDisk(unfinished), onDisk(target));
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error))) throw error;
    // Nothing stands in for it there: somebody who makes the same name at this very moment loses it.
    if (await isThere(target)) throw targetExists(target);
    return rename(onDisk(unfinished), onDisk(target));
  }
  await unlink(onDisk(unfinished));
}

async function asTyped<T>(target: ByteString, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    const path = toDisplay(target);
    if (code === '') throw error;
    if (code === 'EEXIST') throw targetExists(target);
    const options = { retry: 'afterUser', cause: error } as const;
    if (NO_ROOM.has(code)) throw new TidemarkError('files.noSpace', { path }, options);
    const data = { path, reason: describeErrorCode(code) };
    throw new TidemarkError('files.targetNotWritable', data, options);
  }
}

async function isThere(file: ByteString): Promise<boolean> {
  return lstat(onDisk(file)).then(
    () => true,
    () => false,
  );
}

function targetExists(target: ByteString): TidemarkError {
  return new TidemarkError('files.targetExists', { path: toDisplay(target) }, { retry: 'afterUser' });
}

function onDisk(file: ByteString): Buffer | string {
  return process.platform === 'win32' ? toDisplay(file) : byteStringToBytes(file);
}

/** Of an error of the system; empty for every other. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : '';
}

/** Folders for a person to choose from, where no dialog of the system can be shown. Looks at names only; files are not told. */
import { constants } from 'node:fs';
import { access, mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  bytesToByteString,
  byteStringToBytes,
  textToByteString,
  toDisplay,
  type ByteString,
} from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { ListedFolder } from '#contract/app/machine-calls.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';

/** More than anybody looks through; such a folder is typed. */
const MOST_LISTED = 5_000;
const ORDER = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** @param asked null: the home folder. @throws request.invalidInput, files.unreadable */
export async function listFolder(asked: ByteString | null): Promise<ListedFolder> {
  const folder = asked ?? textToByteString(homedir());
  refuseRelative(folder);
  const folders = await foldersIn(folder);
  const sorted = folders.toSorted((a, b) => ORDER.compare(a.label, b.label) || (a.name < b.name ? -1 : 1));
  return {
    folder,
    parent: parentOf(folder),
    folders: sorted.slice(0, MOST_LISTED),
    isCut: sorted.length > MOST_LISTED,
    canWrite: await succeeds(access(onDisk(folder), constants.W_OK)),
    freeBytes: await freeBytesOf(folder),
  };
}

/** @throws request.invalidInput, files.targetNotWritable */
export async function makeFolder(parent: ByteString, name: string): Promise<ByteString> {
  refuseRelative(parent);
  const isNoName = name === '.' || name === '..' || /[/\0]/.test(name) || (isWindows && /[\\:]/.test(name));
  if (isNoName || name.trim() === '')
    throw new TidemarkError('request.invalidInput', {
      what: `the name "${name}"`,
      reason: 'a folder cannot be called so',
    });
  const folder = below(parent, textToByteString(name));
  try {
    await mkdir(onDisk(folder));
    return folder;
  } catch (error) {
    const reason = isCode(error, 'EEXIST') ? 'there is something of this name already' : reasonOf(error);
    const data = { path: toDisplay(folder), reason };
    throw new TidemarkError('files.targetNotWritable', data, { retry: 'afterUser', cause: error });
  }
}

const isWindows = process.platform === 'win32';

async function foldersIn(folder: ByteString): Promise<ListedFolder['folders']> {
  try {
    const entries = await readdir(onDisk(folder), { withFileTypes: true, encoding: 'buffer' });
    const found = await Promise.all(
      entries.map(async (entry) => {
        const name = bytesToByteString(entry.name);
        const isFolder =
          entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(below(folder, name))));
        return isFolder ? name : undefined;
      }),
    );
    return found
      .filter((name) => name !== undefined)
      .map((name) => ({
        name,
        label: toDisplay(name),
        path: below(folder, name),
        isHidden: name.startsWith('.'),
      }));
  } catch (error) {
    const data = { path: toDisplay(folder), reason: reasonOf(error) };
    throw new TidemarkError('files.unreadable', data, { retry: 'afterUser', cause: error });
  }
}

async function leadsToFolder(link: ByteString): Promise<boolean> {
  try {
    return (await stat(onDisk(link))).isDirectory();
  } catch {
    return false;
  }
}

async function freeBytesOf(folder: ByteString): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(onDisk(folder));
    return bavail * bsize;
  } catch {
    return null;
  }
}

function onDisk(folder: ByteString): Buffer | string {
  return isWindows ? toDisplay(folder) : byteStringToBytes(folder);
}

function below(folder: ByteString, name: ByteString): ByteString {
  return (folder.endsWith(path.sep) ? folder + name : folder + path.sep + name) as ByteString;
}

function parentOf(folder: ByteString): ByteString | null {
  const parent = path.dirname(folder) as ByteString;
  return parent === folder ? null : parent;
}

/** @throws request.invalidInput */
function refuseRelative(folder: ByteString): void {
  if (path.isAbsolute(folder) && !folder.includes('\0')) return;
  throw new TidemarkError('request.invalidInput', {
    what: `the folder ${toDisplay(folder)}`,
    reason: 'it must be an absolute path',
  });
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? describeErrorCode(String(error.code)) : String(error);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Where each file of a repository lies, relative to its top folder, and which names are names at all.
 * Shared by every adapter that keeps the usual layout. Source: format reference section 2.1.
 */
import { invariant } from '#base/errors.ts';
import { isId } from '#base/ids.ts';
import type { StorageFileType } from '#storage/port.ts';

export const CONFIG_NAME = 'config';

/** As temporary files of saves are named, of a process that cannot be, so that the janitors sweep them too. */
const TRIAL_NAME = /^\.tmp-0-[0-9a-f]{12}$/;

const FOLDERS = {
  key: 'keys',
  lock: 'locks',
  snapshot: 'snapshots',
  index: 'index',
  pack: 'data',
} as const satisfies Record<Exclude<StorageFileType, 'config' | 'trial'>, string>;

/** The folder that holds the type's files, or for packs their sub-folders; empty for the config and trials. */
export function objectFolder(type: StorageFileType): string {
  return type === 'config' || type === 'trial' ? '' : FOLDERS[type];
}

/** The first two hex digits of a pack's id name its folder. */
export function packSubfolder(name: string): string {
  return name.slice(0, 2);
}

/** `data/00` to `data/ff`, preceded by all their parents: every folder of an empty repository, parents first. */
export function allFolders(): string[] {
  const subfolders = Array.from({ length: 256 }, (_, i) => `data/${i.toString(16).padStart(2, '0')}`);
  return [...Object.values(FOLDERS), ...subfolders];
}

export function isObjectName(type: StorageFileType, name: string): boolean {
  if (type === 'trial') return TRIAL_NAME.test(name);
  return type === 'config' ? name === CONFIG_NAME : isId(name);
}

/** Path with `/` between its parts. @throws internal.invariantBroken for a name that could leave its folder. */
export function objectPath(type: StorageFileType, name: string): string {
  invariant(isObjectName(type, name), `a ${type} is named ${JSON.stringify(name)}`);
  if (type === 'config' || type === 'trial') return name;
  if (type === 'pack') return `data/${packSubfolder(name)}/${name}`;
  return `${FOLDERS[type]}/${name}`;
}

/** @param random 12 hex digits that nobody else has */
export function newTrialName(random: string): string {
  return `.tmp-0-${random}`;
}

/** A content-named file may be saved again; these two may not. */
export function refusesOverwrite(type: StorageFileType): boolean {
  return type === 'config' || type === 'key';
}

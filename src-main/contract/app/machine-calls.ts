/**
 * What this machine has: folders that people keep things in, places where copies could live, and a look through folders
 * where no dialog of the system can be shown. Nothing here opens a file or changes one; only `host.makeFolder` makes a folder.
 */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';
import { bytesInJson, count } from './values.ts';

const nothing = z.strictObject({});

export const KNOWN_FOLDERS = [
  'documents',
  'desktop',
  'pictures',
  'downloads',
  'music',
  'videos',
  'mail',
  'browser',
] as const;
export type KnownFolder = (typeof KNOWN_FOLDERS)[number];

export const knownFolder = z.strictObject({
  key: z.enum(KNOWN_FOLDERS),
  folder: bytesInJson,
  exists: z.boolean(),
  /** To be ticked before anybody has chosen. */
  isSuggested: z.boolean(),
  /** As a word, why it is not suggested; its sentence is the window's. */
  reason: z.enum(['missing', 'canBeFetchedAgain', 'isLarge', 'ofAnotherProgram', 'insideAnother']).nullable(),
});

export const folderSize = z.strictObject({ files: count, bytes: count, unreadable: count });

export const machinePlace = z.strictObject({
  /** existing: a repository was found there. */
  kind: z.enum(['drive', 'network', 'folder', 'existing']),
  name: z.string(),
  /** For `places.probe`, `places.create` and `places.open`. */
  location: z.string(),
  freeBytes: count.nullable(),
  totalBytes: count.nullable(),
  isRemovable: z.boolean(),
  /** In it or one folder below. */
  repositoryFound: z.boolean(),
  /** It goes when the disk with the home folder goes. */
  sameDiskAsHome: z.boolean(),
});

export const listedFolder = z.strictObject({
  folder: bytesInJson,
  /** Null: it is the top. */
  parent: bytesInJson.nullable(),
  /** Sorted as people sort names. */
  folders: z.array(
    z.strictObject({ name: bytesInJson, label: z.string(), path: bytesInJson, isHidden: z.boolean() }),
  ),
  /** There are more than are told. */
  isCut: z.boolean(),
  canWrite: z.boolean(),
  freeBytes: count.nullable(),
});

export type ListedFolder = z.output<typeof listedFolder>;

export const machineCalls = {
  'machine.folders': { kind: 'query', input: nothing, output: z.array(knownFolder) },
  /** Counts everything below, links not followed. Ends with what it has after `MOST_MEASURED` entries. */
  'machine.measure': {
    kind: 'query',
    input: z.strictObject({ folder: bytesInJson }),
    output: z.strictObject({ ...folderSize.shape, isCut: z.boolean() }),
    progress: folderSize,
  },
  /** What is mounted now and makes sense as a place, the best first. */
  'machine.places': { kind: 'query', input: nothing, output: z.array(machinePlace) },
  /** Its folders; null: those of the home folder. @throws files.unreadable */
  'host.listFolder': {
    kind: 'query',
    input: z.strictObject({ folder: bytesInJson.nullable() }),
    output: listedFolder,
  },
  /** @throws files.targetNotWritable, request.invalidInput for a name that is none */
  'host.makeFolder': {
    kind: 'command',
    input: z.strictObject({ parent: bytesInJson, name: z.string().min(1).max(255) }),
    output: z.strictObject({ folder: bytesInJson }),
  },
} as const satisfies CallTable;

/**
 * What a server of restic's REST protocol answers to a list: version 2 has names and sizes, version 1 names alone.
 * Source: restic's REST backend documentation.
 */
import { isObjectName } from '#storage/object-path.ts';
import type { StorageFileType } from '#storage/port.ts';

export interface ListedFile {
  readonly name: string;
  /** Undefined: it has to be asked for. */
  readonly sizeBytes: number | undefined;
}

/** Each file of the type once; foreign names are left out. Undefined: that is no list. */
export function parseRestList(body: Uint8Array, type: StorageFileType): ListedFile[] | undefined {
  const entries = parseJson(body);
  // Older servers say so of an empty list.
  if (entries === null) return [];
  if (!Array.isArray(entries)) return undefined;
  const files = new Map<string, ListedFile>();
  for (const entry of entries as unknown[]) {
    const file = parseEntry(entry);
    if (file === undefined) return undefined;
    if (isObjectName(type, file.name)) files.set(file.name, file);
  }
  return [...files.values()];
}

function parseEntry(entry: unknown): ListedFile | undefined {
  if (typeof entry === 'string') return { name: entry, sizeBytes: undefined };
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { name, size } = entry as { name?: unknown; size?: unknown };
  if (typeof name !== 'string' || !Number.isSafeInteger(size) || Number(size) < 0) return undefined;
  return { name, sizeBytes: Number(size) };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

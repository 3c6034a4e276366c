/** Reads folders as a whole: to have them in the system's cache before a run, and to know how much is in them. */
import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';

export interface FolderFacts {
  readonly files: number;
  /** Files, folders, links and all else, without the top. */
  readonly entries: number;
  readonly bytes: number;
}

const buffer = Buffer.allocUnsafe(1 << 20);

/** `withContents`: every file is read to its end. A file by itself counts as a folder with one file. */
export function readFolder(top: string, withContents: boolean): FolderFacts {
  const facts = { files: 0, entries: 0, bytes: 0 };
  const readFile = (name: string): void => {
    facts.files++;
    facts.bytes += lstatSync(name).size;
    if (withContents) readToEnd(name);
  };
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      facts.entries++;
      if (entry.isDirectory()) visit(name);
      else if (entry.isFile()) readFile(name);
      else lstatSync(name);
    }
  };
  if (lstatSync(top).isDirectory()) visit(top);
  else readFile(top);
  return facts;
}

function readToEnd(name: string): void {
  const file = openSync(name, 'r');
  try {
    while (readSync(file, buffer) > 0);
  } finally {
    closeSync(file);
  }
}

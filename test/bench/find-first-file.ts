import { readdirSync } from 'node:fs';
import path from 'node:path';

/** The same file in every run: deep inside, so that every folder above it changes as well. */
export function findFirstFile(folder: string): string | undefined {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const found = entry.isDirectory() ? findFirstFile(path.join(folder, entry.name)) : undefined;
    if (found !== undefined) return found;
  }
  const file = entries.find((entry) => entry.isFile());
  return file === undefined ? undefined : path.join(folder, file.name);
}

/** Looks for repositories that are there already, by the files that each has. Bounded, and opens nothing. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** On a drive with more folders than this the person says where it is. */
const MOST_FOLDERS = 200;
const MOST_FOUND = 5;

/** The folder itself, or folders right in it. Empty where nothing can be seen. */
export async function findRepositories(folder: string): Promise<string[]> {
  if (await isRepository(folder)) return [folder];
  const found: string[] = [];
  for (const name of await foldersIn(folder)) {
    const inside = path.join(folder, name);
    if (await isRepository(inside)) found.push(inside);
    if (found.length === MOST_FOUND) break;
  }
  return found;
}

/** Source: repository format, 2: `config`, `keys`, `snapshots`. */
async function isRepository(folder: string): Promise<boolean> {
  try {
    const [config, keys, snapshots] = await Promise.all(
      ['config', 'keys', 'snapshots'].map((name) => stat(path.join(folder, name))),
    );
    return config!.isFile() && keys!.isDirectory() && snapshots!.isDirectory();
  } catch {
    return false;
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .slice(0, MOST_FOLDERS)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Folders that a version has only because what is protected lies somewhere in them, as `/home`. Pure. */
import type { ByteString } from '#base/byte-string.ts';
import { joinPath, splitPath, treePathOf } from '#operations/find-in-snapshot.ts';
import type { PointRow } from './points-table.ts';

/** Never the protected folders themselves, nor what was protected as a whole at any point. */
export function foldersAboveProtected(rows: readonly Pick<PointRow, 'facts'>[]): ReadonlySet<ByteString> {
  const protectedPaths = new Set(rows.flatMap(({ facts }) => facts.paths.map(treePathOf)));
  const above = new Set<ByteString>();
  for (const path of protectedPaths) {
    let folder = '/' as ByteString;
    for (const name of splitPath(path)) {
      if (protectedPaths.has(folder)) break;
      above.add(folder);
      folder = joinPath(folder, name);
    }
  }
  return above;
}

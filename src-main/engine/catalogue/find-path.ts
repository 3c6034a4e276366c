/** Between paths and nodes. */
import type { ByteString } from '#base/byte-string.ts';
import { joinPath, splitPath } from '#operations/find-in-snapshot.ts';
import { NO_NODE } from './nodes-table.ts';
import type { PointsTable, Series } from './points-table.ts';
import type { Tables } from './tables.ts';

const ROOT = '/' as ByteString;

/** Undefined for a path that was never seen in the series. */
export function findNode({ nodes }: Tables, series: Series, path: ByteString): number | undefined {
  let node: number | undefined = series.root;
  for (const name of splitPath(path)) {
    node = nodes.find(node, name);
    if (node === undefined) return undefined;
  }
  return node;
}

export function pathOf({ nodes }: Tables, node: number): ByteString {
  const names: ByteString[] = [];
  for (let row = nodes.get(node); row.parent !== NO_NODE; row = nodes.get(row.parent)) names.push(row.name);
  return names.reduceRight<ByteString>(joinPath, ROOT);
}

/** Whether the node, or a folder above, could not be read at the point. */
export function isUnreadAt(
  tables: Tables,
  points: PointsTable,
  series: Series,
  position: number,
  node: number,
): boolean {
  const marked = new Set(points.listUnreadAt(series.id, position));
  if (marked.size === 0) return false;
  for (let one = node; one !== NO_NODE; one = tables.nodes.get(one).parent) if (marked.has(one)) return true;
  return false;
}

/** A snapshot as restic's `--json` prints it: the stored fields in their order, then its id and what is asked for. */
import { toDisplay, bytesToByteString } from '#base/byte-string.ts';
import { encodeSnapshot } from '#format/snapshot.ts';
import type { ListedSnapshot } from './calls/access.ts';
import { encodeJson } from './output.ts';

/** JSON text; `more` is put after `id` and `short_id`. */
export function snapshotJson(listed: ListedSnapshot, more: Readonly<Record<string, unknown>> = {}): string {
  const stored = toDisplay(bytesToByteString(encodeSnapshot(listed.snapshot)));
  const added = encodeJson({ id: listed.id, short_id: listed.id.slice(0, 8), ...more });
  return `${stored.slice(0, stored.lastIndexOf('}'))},${added.slice(1)}`;
}

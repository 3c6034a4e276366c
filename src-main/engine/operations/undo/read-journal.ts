/** Reads the journals of one restore, piece by piece: there may be a line for each of a million files. */
import type { ByteString } from '#base/byte-string.ts';
import type { Instant } from '#format/time.ts';
import type { TargetPath, TargetRoot } from '#files/port.ts';
import { JOURNAL_PREFIX, keepingFolder } from '#pipeline/safe-keeping.ts';
import { parseJournalEntry, type JournalEntry } from '#pipeline/undo-journal.ts';

const READ_BYTES = 1 << 18;
const LINE_END = 10;

/** A line, and when its journal was written to for the last time: what was done for it was done about then or before. */
export interface ReadEntry {
  readonly entry: JournalEntry;
  readonly writtenUntil: Instant;
}

/** In the order of each thread. Lines that are not whole are passed over: nothing was done for them. */
export function* readJournals(root: TargetRoot, id: ByteString): Generator<ReadEntry> {
  const folder = keepingFolder([], id);
  for (const name of root.list(folder))
    if (name.startsWith(JOURNAL_PREFIX)) yield* readJournal(root, [...folder, name]);
}

function* readJournal(root: TargetRoot, path: TargetPath): Generator<ReadEntry> {
  const { mtimeSec = 0, mtimeNsec = 0 } = root.stat(path) ?? {};
  const writtenUntil = { sec: mtimeSec, nsec: mtimeNsec };
  const file = root.openFile(path, 'read');
  try {
    let rest = Buffer.alloc(0);
    for (let offset = 0; ;) {
      const piece = Buffer.alloc(READ_BYTES);
      const count = file.read(piece, offset);
      if (count === 0) return;
      offset += count;
      rest = Buffer.concat([rest, piece.subarray(0, count)]);
      const end = rest.lastIndexOf(LINE_END);
      if (end < 0) continue;
      for (const line of rest.toString('utf8', 0, end).split('\n')) {
        const entry = parseJournalEntry(line);
        if (entry !== undefined) yield { entry, writtenUntil };
      }
      rest = rest.subarray(end + 1);
    }
  } finally {
    file.close();
  }
}

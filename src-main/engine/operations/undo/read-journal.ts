/** Reads the journals of one restore, run by run and piece by piece: there may be a line for each of a million files. */
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

/** Numbers of the runs that have done something, oldest first. */
export function runsIn(root: TargetRoot, id: ByteString): number[] {
  const names = root.list(keepingFolder([], id)).filter((name) => name.startsWith(JOURNAL_PREFIX));
  return [...new Set(names.map(runOf))].sort((a, b) => a - b);
}

/** Of one run, or of all; in the order of each thread. Lines that are not whole are passed over: nothing was done for them. */
export function* readJournals(root: TargetRoot, id: ByteString, run?: number): Generator<ReadEntry> {
  const folder = keepingFolder([], id);
  for (const name of root.list(folder))
    if (name.startsWith(JOURNAL_PREFIX) && (run === undefined || run === runOf(name)))
      yield* readJournal(root, [...folder, name]);
}

/** `journal-2-1a2b3c4d`. There was one run only when names told none. */
function runOf(name: ByteString): number {
  const [run, thread] = name.slice(JOURNAL_PREFIX.length).split('-');
  return thread === undefined ? 1 : Number(run);
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

/**
 * Remembers the locks of this machine's processes as one small file each, in a folder for each repository, with all that
 * tells a process from any other: the machine, its start, the space of its process numbers, the number, and when that
 * process began. A lock counts as dead only if every part says so; where a part cannot be had (other systems than Linux)
 * nothing is remembered. Times of files are not used. Source: product notes, F6.
 */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LockId } from '#base/ids.ts';
import { isId } from '#base/ids.ts';
import type { OwnLocks } from '#repository/own-locks.ts';

interface ProcessMark {
  /** /etc/machine-id: another one for every installation. */
  readonly machine: string;
  /** Another one after every start of the system. */
  readonly boot: string;
  /** Containers number their processes anew. */
  readonly processSpace: string;
  readonly pid: number;
  /** In ticks since the start of the system: a number that was given out again has another one. */
  readonly startedAt: string;
  /** Whatever has become of the process. */
  readonly isAbandoned?: boolean;
}

/** Places in what `fieldsOf` gives. */
const [STATE, THREADS, STARTED_AT] = [0, 17, 19];

/** `folder` belongs to this user; made when needed. Undefined where processes cannot be told apart for sure. */
export function ownLocksOnDisk(folder: string): OwnLocks | undefined {
  const self = markOf(process.pid);
  if (self === undefined) return undefined;
  const note = (repository: string, id: LockId, mark: ProcessMark): void => {
    const memories = path.join(folder, repository);
    try {
      mkdirSync(memories, { recursive: true, mode: 0o700 });
      writeFileSync(path.join(memories, id), JSON.stringify(mark));
    } catch {
      // A full or read-only disk: somebody will have to unlock by hand if this process is killed.
    }
  };
  return {
    remember: (repository, id) => note(repository, id, self),
    abandon: (repository, id) => note(repository, id, { ...self, isAbandoned: true }),
    forget(repository, id) {
      try {
        rmSync(path.join(folder, repository, id), { force: true });
      } catch {
        // Remembered for longer than needed: harmless.
      }
    },
    dead(repository) {
      const memories = path.join(folder, repository);
      return new Set(namesIn(memories).filter((id) => isDead(recall(memories, id), self)));
    },
  };
}

function isDead(memory: ProcessMark | undefined, self: ProcessMark): boolean {
  if (memory?.machine !== self.machine) return false;
  if (memory.isAbandoned === true) return true;
  if (memory.boot !== self.boot) return true;
  // What runs in another space cannot be seen from here.
  if (memory.processSpace !== self.processSpace) return false;
  const now = fieldsOf(memory.pid);
  if (now !== undefined) return now[STARTED_AT] !== memory.startedAt || hasEnded(now);
  return !isThere(memory.pid);
}

/** Nobody has asked how it ended, which in a container may never happen. Its last thread is gone: nothing is written any more. */
function hasEnded(fields: readonly string[]): boolean {
  return ['Z', 'X'].includes(fields[STATE] ?? '') && Number(fields[THREADS]) <= 1;
}

function namesIn(folder: string): LockId[] {
  try {
    return readdirSync(folder).filter((name): name is LockId => isId(name));
  } catch {
    return [];
  }
}

function recall(folder: string, id: LockId): ProcessMark | undefined {
  try {
    const value = JSON.parse(readFileSync(path.join(folder, id), 'utf8')) as Partial<ProcessMark> | null;
    const { machine, boot, processSpace, pid, startedAt } = value ?? {};
    const texts = [machine, boot, processSpace, startedAt];
    if (typeof pid !== 'number' || texts.some((text) => typeof text !== 'string' || text === ''))
      return undefined;
    return value as ProcessMark;
  } catch {
    return undefined;
  }
}

function markOf(pid: number): ProcessMark | undefined {
  try {
    const machine = readFileSync('/etc/machine-id', 'utf8').trim();
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const processSpace = readlinkSync('/proc/self/ns/pid');
    const startedAt = fieldsOf(pid)?.[STARTED_AT];
    if (machine === '' || boot === '' || startedAt === undefined) return undefined;
    return { machine, boot, processSpace, pid, startedAt };
  } catch {
    return undefined;
  }
}

/** From the third field on; the second is a name in parentheses, which may hold any character. Source: proc_pid_stat(5). */
function fieldsOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    const fields = text.replace(/^.*\)/s, '').trim().split(' ');
    return fields.length > STARTED_AT ? fields : undefined;
  } catch {
    return undefined;
  }
}

/** True when in doubt. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Runs a piece of a test without root's rights, in this very process: root passes every check of permissions, so a test of
 * them as root proves nothing. Synchronous code only.
 */
const NOBODY = 65534;

export const isRoot = process.geteuid?.() === 0;

export function asNobody<T>(run: () => T): T {
  if (!process.setgroups || !process.setegid || !process.seteuid || !process.getgroups)
    throw new Error('needs a POSIX system');
  const groups = process.getgroups();
  process.setgroups([NOBODY]);
  process.setegid(NOBODY);
  process.seteuid(NOBODY);
  try {
    return run();
  } finally {
    process.seteuid(0);
    process.setegid(0);
    process.setgroups(groups);
  }
}

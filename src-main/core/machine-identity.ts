/** Who and where this process is. */
import { hostname, userInfo } from 'node:os';
import type { Identity } from '#base/identity.ts';

export function machineIdentity(): Identity {
  return {
    hostname: hostname(),
    username: currentUser(),
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    pid: process.pid,
    isProcessAlive,
  };
}

/** A user id without an entry in the user database has no name. */
function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** Signal 0 asks without disturbing; a process of another user answers with EPERM and is alive. */
function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

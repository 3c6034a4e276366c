/** Who and where we are, as stored in locks, keys and snapshots; a port, so that tests can be somebody else. */
export interface Identity {
  readonly hostname: string;
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** Whether a process of this machine still runs; true when that cannot be told. */
  isProcessAlive(pid: number): boolean;
}

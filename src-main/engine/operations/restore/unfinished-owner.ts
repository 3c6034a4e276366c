/** Whose an unfinished file is, and whether that run is dead. */
import type { ByteString } from '#base/byte-string.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { ownerOfUnfinished } from '#rules/unfinished-name.ts';

/** Stands for this machine in names, without naming it. */
export function machineOf({ primitives, identity }: RepositoryPorts): string {
  const hash = primitives.sha256(Buffer.from(identity.hostname));
  return Buffer.from(hash).toString('hex').slice(0, 8);
}

/** Only what a dead process of this machine left behind: of another machine's nobody can tell. */
export function isAbandonedFile(ports: RepositoryPorts, name: ByteString): boolean {
  const owner = ownerOfUnfinished(name);
  return (
    owner !== undefined && owner.machine === machineOf(ports) && !ports.identity.isProcessAlive(owner.pid)
  );
}

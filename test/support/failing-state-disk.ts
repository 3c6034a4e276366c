/** A profile's folder on a disk that is full for a while. */
import { TidemarkError } from '#base/errors.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';

export class FailingStateDisk extends NodeDatabaseDisk {
  writes = 0;
  /** Fails this many writes, then works. */
  failures = 0;

  override async writeDurably(name: string, parts: readonly Uint8Array[]): Promise<void> {
    this.writes++;
    if (this.failures-- > 0)
      throw new TidemarkError(
        'state.diskFailed',
        { folder: 'here', trouble: 'full', reason: '' },
        { retry: 'afterUser' },
      );
    await super.writeDurably(name, parts);
  }
}

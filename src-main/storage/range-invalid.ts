/** What every adapter says of a part that a file does not have. */
import { TidemarkError } from '#base/errors.ts';
import type { ByteRange, StorageFileType } from '#storage/port.ts';

export function rangeInvalid(
  kind: StorageFileType,
  name: string,
  { offset, length }: ByteRange,
): TidemarkError<'storage.rangeInvalid'> {
  return new TidemarkError('storage.rangeInvalid', { kind, name, offset, length });
}

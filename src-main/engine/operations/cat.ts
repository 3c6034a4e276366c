/** The contents of one object of a repository, for people and scripts that look into it. Takes no lock. */
import { byteStringToBytes, bytesToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { isId, type BlobId } from '#base/ids.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { openSealed } from '#format/envelope.ts';
import type { CryptoKeys } from '#format/primitives.ts';
import type { Repository } from '#repository/repository.ts';
import type { SnapshotFilter } from '#repository/snapshot-store.ts';
import { findObjectId } from './find-object-id.ts';
import { resolveSnapshotPath } from './find-in-snapshot.ts';
import { indentJson } from './indent-json.ts';

export type CatKind =
  'masterkey' | 'config' | 'pack' | 'blob' | 'snapshot' | 'index' | 'key' | 'lock' | 'tree';

export interface CatRequest {
  readonly kind: CatKind;
  /**
   * None for `masterkey` and `config`. Whole for `blob`; for `tree` and `snapshot` also `latest`, for `tree` also with
   * `:/path`; else an id or its beginning.
   */
  readonly id?: string;
  /** For `latest`. */
  readonly filter?: SnapshotFilter;
}

/**
 * As restic prints it: indented JSON for `masterkey`, `config`, `snapshot`, `key` and `lock` (with fields that restic
 * would leave out); the bytes as stored for the others. Proven by hash, but for `pack`, which is given out as it is.
 * @throws repository.objectNotFound, repository.ambiguousId, request.invalidInput, integrity errors
 */
export async function catObject(
  repository: Repository,
  request: CatRequest,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { storage, files, ports, keys } = repository;
  const id = request.id ?? '';
  switch (request.kind) {
    case 'masterkey':
      return indented(encodeMasterKey(keys));
    case 'config':
      return indented(
        openSealed(ports.primitives, keys, await storage.load('config', 'config', undefined, signal)),
      );
    case 'key':
      return indented(
        await storage.load('key', await findObjectId(repository, 'key', id, signal), undefined, signal),
      );
    case 'lock':
      return indented(await files.load('lock', await findObjectId(repository, 'lock', id, signal), signal));
    case 'snapshot': {
      const stored = await repository.snapshots.find(id, request.filter, signal);
      return indented(await files.load('snapshot', stored.id, signal));
    }
    case 'index':
      return files.load('index', await findObjectId(repository, 'index', id, signal), signal);
    case 'pack':
      return storage.load('pack', await findObjectId(repository, 'pack', id, signal), undefined, signal);
    case 'blob':
      return loadAnyBlob(repository, id, signal);
    case 'tree': {
      const { treeId, path } = await resolveSnapshotPath(repository, id, request.filter, signal);
      if (treeId !== undefined) return repository.loadBlob('tree', treeId, signal);
      throw new TidemarkError('request.invalidInput', { what: toDisplay(path), reason: 'it is no folder' });
    }
  }
}

async function loadAnyBlob(
  repository: Repository,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (!isId(id)) throw new TidemarkError('repository.objectNotFound', { id, kind: 'blob' });
  await repository.loadIndex({ signal });
  try {
    return await repository.loadBlob('data', id as BlobId, signal);
  } catch (error) {
    if (!isTidemarkError(error, 'integrity.blobMissing')) throw error;
  }
  try {
    return await repository.loadBlob('tree', id as BlobId, signal);
  } catch (error) {
    if (!isTidemarkError(error, 'integrity.blobMissing')) throw error;
    throw new TidemarkError('repository.objectNotFound', { id, kind: 'blob' });
  }
}

function encodeMasterKey({ encrypt, macK, macR }: CryptoKeys): Uint8Array {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const json = { mac: { k: base64(macK), r: base64(macR) }, encrypt: base64(encrypt) };
  return Buffer.from(JSON.stringify(json));
}

function indented(json: Uint8Array): Uint8Array {
  return byteStringToBytes(`${indentJson(bytesToByteString(json))}\n` as ByteString);
}

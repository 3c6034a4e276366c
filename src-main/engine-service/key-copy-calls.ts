/**
 * The calls that keep copies of config and keys and put them back (operations/config-and-keys). What lies in a copy is
 * sealed; bytes travel as base64.
 */
import { mkdir } from 'node:fs/promises';
import { isId } from '#base/ids.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import type { KeyCopy, LackingFile } from '#contract/engine/engine-values.ts';
import { keepCopy } from '#files/keep-copy.ts';
import { exportConfigAndKeys } from '#operations/config-and-keys/export.ts';
import { putBack } from '#operations/config-and-keys/put-back.ts';
import type { RepositoryPorts } from '#repository/repository.ts';
import { readRecoveryCode } from '#contract/recovery-code.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { fromCopy, toBase64, toCopy } from './key-copy-parcel.ts';
import { knownSecrets } from './known-secrets.ts';
import { wrongPassword } from './open-places.ts';

export type KeyCopyCall = 'place.copyKeys' | 'place.lackingKeys' | 'place.putBackKeys';

export function keyCopyCalls({ parts, places }: EngineService): Pick<EngineHandlers, KeyCopyCall> {
  return {
    'place.copyKeys': ({ access, known }, { signal }) =>
      places.with(access, { signal }, async (repository) => {
        const { storage } = repository;
        if (known !== undefined) {
          const names = (await storage.list('key', signal)).map(({ name }) => name).filter(isId);
          const config = await storage.load('config', 'config', undefined, signal);
          const hasAll = names.every((name) => known.keys.some(({ id }) => id === name));
          if (hasAll && names.length === known.keys.length && toBase64(config) === known.config) return null;
        }
        return toCopy(await exportConfigAndKeys(repository, signal));
      }),

    'place.lackingKeys': ({ access, copy, isConfigInvalid }, { signal }) =>
      places.withPorts(access, (ports) => findLacking(ports, copy, isConfigInvalid, signal)),

    async 'place.putBackKeys'({ access, copy, keptIn, password }, { signal }) {
      if (copy === null)
        throw new TidemarkError('request.notFound', { what: 'copy of its keys', id: access.placeId });
      await mkdir(keptIn, { recursive: true, mode: 0o700 });
      const parcel = fromCopy(copy);
      const keep = (name: string, bytes: Uint8Array): Promise<void> =>
        keepCopy(keptIn, `${access.placeId}-${name}-${parts.clock.nowMs()}`, bytes);
      places.forget(access.placeId);
      for (const secret of await secretsFor(access.placeId, password)) {
        try {
          return await places.withPorts(access, (ports) =>
            putBack({ ports, keepCopy: keep }, parcel, secret.toPassword(), signal),
          );
        } catch (error) {
          if (!isTidemarkError(error, 'repository.wrongPassword')) throw error;
        }
      }
      throw wrongPassword(access.location);
    },
  };

  /** What was typed now, or what this computer opens the place with by itself. */
  async function secretsFor(placeId: string, password: string | null): Promise<SecretText[]> {
    if (password === null) return knownSecrets(parts, placeId);
    const reading = readRecoveryCode(password);
    return [...(reading.kind === 'complete' ? [reading.code] : []), new SecretText(password)];
  }
}

/** Without a key: by names and hashes alone. Nothing is said of a place that shows no sign of being the one of the copy. */
async function findLacking(
  { storage, primitives }: RepositoryPorts,
  copy: KeyCopy,
  isConfigInvalid: boolean,
  signal: AbortSignal,
): Promise<readonly LackingFile[]> {
  await storage.open(signal);
  const names = (await storage.list('key', signal)).map(({ name }) => name).filter(isId);
  const hasConfig = (await storage.list('config', signal)).length > 0;
  const isKnown = names.some((name) => copy.keys.some(({ id }) => id === name));
  const sealed = hasConfig ? await storage.load('config', 'config', undefined, signal) : undefined;
  const isSameConfig = sealed !== undefined && toBase64(sealed) === copy.config;
  const hasData = names.length === 0 && !hasConfig && (await storage.list('index', signal)).length > 0;
  if (!isKnown && !isSameConfig && !hasData) return [];
  let whole = 0;
  for (const name of names) {
    const bytes = await storage.load('key', name, undefined, signal);
    if (Buffer.from(primitives.sha256(bytes)).toString('hex') === name) whole++;
  }
  const isConfigLost = !hasConfig || (isConfigInvalid && !isSameConfig);
  return [...(isConfigLost ? (['config'] as const) : []), ...(whole === 0 ? (['keys'] as const) : [])];
}

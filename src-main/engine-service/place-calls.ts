/**
 * The calls that make a place, open it for the first time, and see to its keys. Each place has a key of this computer, which
 * the keychain remembers, and a recovery code, which nobody but a person keeps.
 */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import type { KeysOutcome } from '#contract/engine/engine-values.ts';
import { addKey } from '#operations/keys.ts';
import { initRepository } from '#repository/init-repository.ts';
import type { Repository } from '#repository/repository.ts';
import { makeMachineKey } from '#services/keys/machine-key.ts';
import { makeRecoveryCode, readRecoveryCode } from '#services/keys/recovery-code.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { expectRepository } from './open-places.ts';
import { probePlace } from './probe-place.ts';

type PlaceCall = Extract<keyof EngineHandlers, `place.${string}`>;

export function placeCalls({ parts, places, secrets }: EngineService): Pick<EngineHandlers, PlaceCall> {
  return {
    async 'place.probe'({ location }, { signal }) {
      const { storage } = parts.createPorts(location);
      try {
        return await probePlace(storage, signal);
      } finally {
        await storage.close();
      }
    },

    async 'place.create'({ placeId, location }, { signal }) {
      const ports = parts.createPorts(location);
      try {
        const { primitives } = ports;
        const machineKey = makeMachineKey((length) => primitives.randomBytes(length));
        const repository = await initRepository(ports, machineKey.toPassword(), { version: 2 }, signal);
        try {
          const recoveryCode = await addRecoveryCode(repository, signal);
          const notRemembered = await secrets.remember(placeId, machineKey);
          places.keepKeys(placeId, repository);
          return { ...keysOf(repository), recoveryCode: recoveryCode.reveal(), notRemembered };
        } catch (error) {
          // Nobody has its key: it must not be in the way of the next try.
          await removeNewRepository(repository);
          throw error;
        }
      } finally {
        await ports.storage.close();
      }
    },

    'place.open': ({ placeId, location, password, addsKey }, { signal }) =>
      openTyped(location, password, signal, async (repository, typed) => {
        const secret = addsKey
          ? makeMachineKey((length) => repository.ports.primitives.randomBytes(length))
          : typed;
        const machineKeyId = addsKey
          ? await addKey(repository, { password: secret.toPassword() }, signal)
          : repository.keyId;
        const notRemembered = await secrets.remember(placeId, secret);
        places.keepKeys(placeId, repository);
        return { ...keysOf(repository), machineKeyId, notRemembered };
      }),

    'place.unlock': ({ access, password }, { signal }) =>
      openTyped(access.location, password, signal, async (repository, typed) => {
        expectRepository(repository, access.repositoryId);
        const notRemembered = await secrets.rememberForSession(access.placeId, typed);
        places.keepKeys(access.placeId, repository);
        return { ...keysOf(repository), notRemembered };
      }),

    async 'place.proveRecovery'({ access, code }, { signal }) {
      const reading = readRecoveryCode(code);
      if (reading.kind !== 'complete') throw wrongPassword(access.location);
      await places.withPassword(access.location, reading.code.toPassword(), signal, async (repository) => {
        expectRepository(repository, access.repositoryId);
      });
    },

    'place.renewRecovery': ({ access }, { signal }) =>
      places.with(access, { signal, writes: 'place.renewRecovery' }, async (repository) => {
        const recoveryCode = await addRecoveryCode(repository, signal);
        return { ...keysOf(repository), recoveryCode: recoveryCode.reveal() };
      }),

    async 'place.forget'({ placeId }) {
      places.forget(placeId);
      await secrets.forget(placeId);
    },

    'place.secretState': ({ access }) => secrets.state(access.placeId),
  };

  /** A recovery code however it was typed, else a passphrase as it was. */
  async function openTyped<T>(
    location: string,
    typed: string,
    signal: AbortSignal,
    work: (repository: Repository, secret: SecretText) => Promise<T>,
  ): Promise<T> {
    const reading = readRecoveryCode(typed);
    const asTyped = new SecretText(typed);
    const readings = reading.kind === 'complete' ? [reading.code, asTyped] : [asTyped];
    let failure: unknown;
    for (const secret of readings) {
      try {
        return await places.withPassword(location, secret.toPassword(), signal, (repository) =>
          work(repository, secret),
        );
      } catch (error) {
        if (!isTidemarkError(error, 'repository.wrongPassword')) throw error;
        failure = error;
      }
    }
    throw failure;
  }
}

async function addRecoveryCode(repository: Repository, signal: AbortSignal): Promise<SecretText> {
  const code = makeRecoveryCode((length) => repository.ports.primitives.randomBytes(length));
  await addKey(repository, { password: code.toPassword() }, signal);
  return code;
}

function keysOf({ config, keyId }: Repository): KeysOutcome {
  return { repositoryId: config.id, machineKeyId: keyId, recoveryCode: null, notRemembered: null };
}

function wrongPassword(location: string): TidemarkError {
  return new TidemarkError('repository.wrongPassword', { location }, { retry: 'afterUser' });
}

/** Config first: what is left after that is no repository. Best effort; the first failure counts. */
async function removeNewRepository({ storage }: Repository): Promise<void> {
  try {
    await storage.remove('config', 'config');
    for (const { name } of await storage.list('key')) await storage.remove('key', name);
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
  }
}

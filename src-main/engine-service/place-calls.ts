/**
 * The calls that make a place, open it for the first time, and see to its keys (services/keys). A recovery code is in an
 * answer once, and nowhere else.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { KeysOutcome, PlaceAccess } from '#contract/engine/engine-values.ts';
import { notRememberedText, secretNeededText } from '#contract/key-texts.ts';
import type { Repository, RepositoryPorts } from '#repository/repository.ts';
import { adoptPlace, createPlace } from '#services/keys/create-place.ts';
import { listPlaceKeys } from '#services/keys/key-kinds.ts';
import { accountOf, openByItself, type PlaceAccess as OpenAccess } from '#services/keys/place-access.ts';
import { makeNextRecoveryCode } from '#services/keys/place-keys.ts';
import { confirmRecoveryCode } from '#services/keys/prove-recovery-code.ts';
import type { RememberedPlace } from '#services/keys/remember-place.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import type { KeyCall } from './key-calls.ts';
import type { KeyCopyCall } from './key-copy-calls.ts';
import { expectRepository, openTyped, wrongDrive, wrongPassword } from './open-places.ts';
import { probePlace } from './probe-place.ts';
import { testPlace } from './test-place.ts';

type PlaceCall = Exclude<Extract<keyof EngineHandlers, `place.${string}`>, KeyCopyCall | KeyCall>;

export function placeCalls({ parts, places }: EngineService): Pick<EngineHandlers, PlaceCall> {
  const { keychain, session } = parts;
  const openAccess = (ports: RepositoryPorts, placeId: string): OpenAccess => ({
    ports,
    placeId,
    keychain,
    session,
  });

  return {
    'place.probe': (address, { signal }) =>
      places.withPorts(address, ({ storage }) => probePlace(storage, address.location, signal)),

    'place.test': (address, { signal }) => testPlace(places, parts.clock, address, signal),

    async 'place.login'({ location, login }) {
      const refusal = await places.logins.set(location, login);
      return refusal === undefined ? null : notRememberedText(refusal).title;
    },

    'place.forgetLogin': ({ location }) => places.logins.forget(location),

    'place.create': ({ placeId, like = [], ...address }, { signal }) =>
      places.withPorts(address, async (ports) => {
        const access = openAccess(ports, placeId);
        try {
          const created = await createPlace(access, { version: 2, ...(await cutLike(like, signal)) }, signal);
          places.keepKeys(placeId, created.repository);
          const recoveryCode = created.recoveryCode.secret.reveal();
          return { ...keysOf(created.repository, created.machineKey), recoveryCode };
        } catch (error) {
          const finished = isTidemarkError(error, 'repository.alreadyExists')
            ? await finishCreating(access, signal)
            : undefined;
          if (finished === undefined) throw error;
          return finished;
        }
      }),

    'place.open': ({ placeId, password, addsKey, ...address }, { signal }) =>
      places.withPorts(address, async (ports) => {
        const access = openAccess(ports, placeId);
        const repository = await openTyped(access, password, signal);
        places.keepKeys(placeId, repository);
        if (!addsKey) return { ...keysOf(repository), notRemembered: await whyNotRemembered(placeId) };
        const { machineKey } = await adoptPlace(repository, access, { recoveryCode: false }, signal);
        if (machineKey.kind === 'remembered') await session.delete(accountOf(placeId));
        return keysOf(repository, machineKey);
      }),

    'place.unlock': ({ access, password }, { signal }) =>
      places.withPorts(access, async (ports) => {
        const { placeId, repositoryId } = access;
        const repository = await openTyped(openAccess(ports, placeId), password, signal);
        try {
          expectRepository(repository, repositoryId);
        } catch (error) {
          // It is another place's.
          await session.delete(accountOf(placeId));
          throw error;
        }
        places.keepKeys(placeId, repository);
        return { ...keysOf(repository), notRemembered: await whyNotRemembered(placeId) };
      }),

    async 'place.proveRecovery'({ access, code }, { signal }) {
      const { placeId, location, repositoryId } = access;
      const request = {
        openPorts: () => places.openPorts(access),
        typed: code,
        ...(repositoryId === null ? {} : { repositoryId }),
      };
      const { proof } = await confirmRecoveryCode(request, signal);
      if (proof.kind === 'proven') return;
      if (proof.kind === 'otherRepository') throw wrongDrive(location, repositoryId ?? '', proof.foundId);
      // No code by its form: a passphrase that the person keeps proves as much, and a mistyped group is named.
      if (proof.kind !== 'misread') throw wrongPassword(location);
      await places.withPorts(access, async (ports) => {
        expectRepository(await openTyped(openAccess(ports, placeId), code, signal), repositoryId);
      });
    },

    'place.renewRecovery': ({ access }, { signal }) =>
      places.with(access, { signal }, async (repository) => {
        const { secret } = await makeNextRecoveryCode(repository, signal);
        return { ...keysOf(repository), recoveryCode: secret.reveal() };
      }),

    async 'place.limit'({ placeId, holder, up, down }) {
      const limits = places.limitsOf(placeId);
      limits.up.set(up ?? undefined, holder);
      limits.down.set(down ?? undefined, holder);
    },

    async 'place.forget'({ placeId }) {
      places.forget(placeId);
      await session.delete(accountOf(placeId));
      await keychain.delete(accountOf(placeId));
    },

    async 'place.secretState'({ access }) {
      const account = accountOf(access.placeId);
      if ((await session.get(account)).kind === 'found') return 'session';
      return (await keychain.get(account)).kind === 'found' ? 'remembered' : 'missing';
    },
  };

  /** None that opens: it has its own. */
  async function cutLike(
    others: readonly PlaceAccess[],
    signal: AbortSignal,
  ): Promise<{ chunkerPolynomial?: bigint }> {
    for (const other of others) {
      try {
        return await places.with(other, { signal }, async ({ config: { chunkerPolynomial } }) => ({
          chunkerPolynomial,
        }));
      } catch (error) {
        if (!isTidemarkError(error) || error.code === 'job.cancelled') throw error;
      }
    }
    return {};
  }

  /** A place that was cut off while it was made has no code for the person yet. Undefined: it is not one of these. */
  async function finishCreating(access: OpenAccess, signal: AbortSignal): Promise<KeysOutcome | undefined> {
    const opened = await openByItself(access, signal);
    if (opened.kind !== 'opened') return undefined;
    const { repository } = opened;
    const keys = await listPlaceKeys(repository, signal);
    if (keys.some(({ kind }) => kind !== 'machine')) return undefined;
    const { secret } = await makeNextRecoveryCode(repository, signal);
    places.keepKeys(access.placeId, repository);
    return { ...keysOf(repository), recoveryCode: secret.reveal() };
  }

  async function whyNotRemembered(placeId: string): Promise<string | null> {
    const kept = await keychain.get(accountOf(placeId));
    if (kept.kind === 'found') return null;
    return secretNeededText('This place', kept.kind === 'unavailable' ? kept.reason : 'notGiven').title;
  }
}

function keysOf({ config, keyId }: Repository, machineKey?: RememberedPlace): KeysOutcome {
  return {
    repositoryId: config.id,
    machineKeyId: machineKey?.kind === 'remembered' ? machineKey.keyId : keyId,
    recoveryCode: null,
    notRemembered: machineKey?.kind === 'notRemembered' ? notRememberedText(machineKey.reason).title : null,
  };
}

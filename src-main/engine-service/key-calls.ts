/**
 * The calls about who can open a place (services/keys). A place that is away is answered for by the copy of its keys: what
 * opens that copy gives the master key, so that a new key file can be made for the place without waiting for it, and no secret
 * has to be kept until then.
 */
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import type { KeyId } from '#base/ids.ts';
import { SecretText } from '#base/secret-text.ts';
import type { engineKeyCalls, KeyFacts, OwedKey, PlaceKeyValue } from '#contract/engine/engine-key-calls.ts';
import type { KeyCopy } from '#contract/engine/engine-values.ts';
import { keysOfCopy } from '#operations/config-and-keys/export.ts';
import { storeKeyFile } from '#operations/keys.ts';
import { findKey, makeKeyFile } from '#repository/key-store.ts';
import type { Repository, RepositoryPorts } from '#repository/repository.ts';
import { KEY_LABELS, listPlaceKeys, type PlaceKey } from '#services/keys/key-kinds.ts';
import { accountOf } from '#services/keys/place-access.ts';
import {
  addHelperCode,
  addPassphrase,
  refuseFull,
  refuseWithdrawal,
  withdrawKey,
} from '#services/keys/place-keys.ts';
import { refusesWithdrawal } from '#services/keys/withdrawal-rule.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { fromBase64, fromCopy, toBase64 } from './key-copy-parcel.ts';
import { knownSecrets } from './known-secrets.ts';

export type KeyCall = keyof typeof engineKeyCalls;
type GivenKind = 'helper' | 'passphrase';

export function keyCalls({ parts, places }: EngineService): Pick<EngineHandlers, KeyCall> {
  return {
    async 'place.keys'({ isAway, ...facts }, { signal }) {
      try {
        if (isAway) return await asLastSeen(facts);
        return await places.with(facts.access, { signal }, async (repository) => {
          const keys = await listPlaceKeys(repository, signal);
          return { isThere: true, keys: keys.map((key) => toValue(key, keys, facts)) };
        });
      } catch (error) {
        if (!isTidemarkError(error) || signal.aborted) throw error;
        return asLastSeen(facts);
      }
    },

    async 'place.addKey'({ kind, secret: text, ...facts }, { signal }) {
      const { access } = facts;
      const secret = new SecretText(text);
      try {
        return await places.with(access, { signal }, async (repository) => {
          const older = kind === 'passphrase' ? passphrasesOf(await listPlaceKeys(repository, signal)) : [];
          const keyId = await addGiven(repository, kind, secret, signal);
          if (kind === 'passphrase') await openByIt(access.placeId, secret);
          return { keyId, owed: null, older };
        });
      } catch (error) {
        const owed = comesLater(error) ? await makeOwed(facts, kind, secret, signal) : undefined;
        if (owed === undefined) throw error;
        return owed;
      }
    },

    async 'place.withdrawKey'({ keyId, ...facts }, { signal }) {
      try {
        const key = await places.with(facts.access, { signal }, (repository) =>
          withdrawKey(repository, keyId as KeyId, facts, signal),
        );
        return { isOwed: false, isCode: key?.kind === 'recovery' };
      } catch (error) {
        if (!comesLater(error) || facts.copy === null) throw error;
        const key = refuseWithdrawal(await listCopied(facts.copy), keyId as KeyId, facts);
        return { isOwed: true, isCode: key?.kind === 'recovery' };
      }
    },

    'place.settleKeys': ({ owed, ...facts }, { signal }) =>
      places.with(facts.access, { signal }, async (repository) => {
        const withdraw: string[] = [];
        for (const { id, bytes } of owed.add)
          await storeKeyFile(repository, { id: id as KeyId, bytes: fromBase64(bytes) }, signal);
        for (const keyId of owed.withdraw)
          if (!(await isWithdrawn(repository, keyId as KeyId, facts, signal))) withdraw.push(keyId);
        return { add: [], withdraw };
      }),
  };

  /** What was typed in this run is about to be withdrawn: from here on the new passphrase opens the place. */
  async function openByIt(placeId: string, passphrase: SecretText): Promise<void> {
    const account = accountOf(placeId);
    if ((await parts.session.get(account)).kind !== 'found') return;
    await parts.session.set(account, passphrase);
    places.forget(placeId);
  }

  /** Undefined: nothing that is known here opens the copy, or there is none. */
  async function makeOwed(
    { access, copy }: KeyFacts,
    kind: GivenKind,
    secret: SecretText,
    signal: AbortSignal,
  ): Promise<{ keyId: string; owed: OwedKey; older: readonly string[] } | undefined> {
    if (copy === null) return undefined;
    const listed = await listCopied(copy);
    const older = kind === 'passphrase' ? passphrasesOf(listed) : [];
    refuseFull(listed, older.length > 0);
    return places.withPorts(access, async (ports) => {
      const masterKey = await openCopy(ports, access.placeId, copy, signal);
      if (masterKey === undefined) return undefined;
      const owner = { hostname: ports.identity.hostname, username: KEY_LABELS[kind] };
      const { primitives, clock } = ports;
      const { id, bytes } = await makeKeyFile(primitives, clock, owner, masterKey, secret.toPassword());
      // As with a key that is stored at once: what it is to open is shown before anybody relies on it.
      const made = { repositoryId: copy.repositoryId, files: [{ kind: 'key' as const, name: id, bytes }] };
      await findKey(keysOfCopy(ports.storage.location, made), primitives, secret.toPassword(), signal);
      return { keyId: id, owed: { id, bytes: toBase64(bytes) }, older };
    });
  }

  async function openCopy(
    { primitives, storage }: RepositoryPorts,
    placeId: string,
    copy: KeyCopy,
    signal: AbortSignal,
  ): Promise<Repository['keys'] | undefined> {
    const copied = keysOfCopy(storage.location, fromCopy(copy));
    for (const secret of await knownSecrets(parts, placeId)) {
      try {
        return (await findKey(copied, primitives, secret.toPassword(), signal)).masterKey;
      } catch (error) {
        if (!isTidemarkError(error, 'repository.wrongPassword')) throw error;
      }
    }
    return undefined;
  }
}

async function addGiven(
  repository: Repository,
  kind: GivenKind,
  secret: SecretText,
  signal: AbortSignal,
): Promise<KeyId> {
  if (kind === 'passphrase') return addPassphrase(repository, secret, signal);
  return (await addHelperCode(repository, signal, secret)).keyId;
}

/** Whether there is nothing left to do. A key that has become the last way in since stays until there is another. */
async function isWithdrawn(
  repository: Repository,
  keyId: KeyId,
  facts: KeyFacts,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await withdrawKey(repository, keyId, facts, signal);
    return true;
  } catch (error) {
    if (isTidemarkError(error, 'repository.objectNotFound')) return error.data.id === keyId;
    const isForLater =
      comesLater(error) ||
      isTidemarkError(error, 'repository.lastRecoveryKey') ||
      isTidemarkError(error, 'repository.keyInUse') ||
      isTidemarkError(error, 'storage.removalRefused');
    if (!isForLater) throw error;
    return false;
  }
}

/** The place is away, another drive is in its stead, or somebody else is at work there. */
const LATER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'storage.unreachable',
  'storage.driveGone',
  'storage.wrongDrive',
  'storage.timeout',
  'repository.notFound',
  'repository.locked',
  'repository.lockLost',
]);

function comesLater(error: unknown): boolean {
  return isTidemarkError(error) && LATER.has(error.code);
}

function listCopied(copy: KeyCopy): Promise<PlaceKey[]> {
  return listPlaceKeys({ storage: keysOfCopy('', fromCopy(copy)), keyId: '' });
}

async function asLastSeen(
  facts: KeyFacts,
): Promise<{ isThere: boolean; keys: readonly PlaceKeyValue[] } | null> {
  if (facts.copy === null) return null;
  const keys = await listCopied(facts.copy);
  return { isThere: false, keys: keys.map((key) => toValue(key, keys, facts)) };
}

function passphrasesOf(keys: readonly PlaceKey[]): KeyId[] {
  return keys.filter(({ kind }) => kind === 'passphrase').map(({ id }) => id);
}

function toValue(key: PlaceKey, keys: readonly PlaceKey[], facts: KeyFacts): PlaceKeyValue {
  const { id, kind, hostname, isCurrent, isDamaged } = key;
  const madeAtMs = Date.parse(key.created);
  return {
    id,
    kind,
    hostname,
    isCurrent,
    isDamaged,
    madeAtMs: Number.isFinite(madeAtMs) ? madeAtMs : null,
    stays: refusesWithdrawal(keys, id, facts) ?? null,
  };
}

/**
 * Proof that a recovery code opens a place: as a stranger's computer would, from the place itself and with nothing
 * but what was typed. It is given no keychain, no cache, no hint and no opened repository; whoever wants the
 * environment out of it as well runs it in a process with an empty one (a test does).
 */
import type { KeyId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import { removeKey } from '#operations/keys.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { Repository, RepositoryPorts } from '#repository/repository.ts';
import { listPlaceKeys, type PlaceKey } from './key-kinds.ts';
import { readRecoveryCode, type CodeReading } from '#contract/recovery-code.ts';

export interface ProofRequest {
  /** The place opened anew, without a cache; closed at the end. */
  openPorts(): RepositoryPorts | Promise<RepositoryPorts>;
  /** As the person typed it. */
  readonly typed: string;
  /** What must be found there; absent on a computer that does not know. */
  readonly repositoryId?: string;
}

export type RecoveryProof =
  | { readonly kind: 'proven'; readonly keyId: KeyId; readonly repositoryId: string }
  /** Wrong in itself; the place was not asked. */
  | { readonly kind: 'misread'; readonly reading: Exclude<CodeReading, { kind: 'complete' }> }
  /** Well typed, and of another place or withdrawn. */
  | { readonly kind: 'doesNotOpen' }
  | { readonly kind: 'otherRepository'; readonly foundId: string };

/** @throws what the place answers when it cannot be reached or read */
export function proveRecoveryCode(request: ProofRequest, signal?: AbortSignal): Promise<RecoveryProof> {
  return withProven<RecoveryProof>(
    request,
    signal,
    async (_repository, proof) => proof,
    (proof) => proof,
  );
}

export interface ConfirmedCode {
  /** `anotherKey`: what was typed opens the place and is not the newest recovery code; the old paper, perhaps. */
  readonly proof: RecoveryProof | { readonly kind: 'anotherKey' };
  /** Older recovery codes, which open nothing any more. Empty when the proof failed. */
  readonly withdrawn: readonly KeyId[];
}

/**
 * As `proveRecoveryCode`, and the second half of a new recovery code: it is typed by the person and opens the place;
 * only then, and by it, every older recovery code is withdrawn. Helper codes and passphrase stay. Needs no memory of
 * the first half, and is to be repeated after a failure.
 * @throws repository.locked when the place is in use: the older code then still opens
 */
export function confirmRecoveryCode(request: ProofRequest, signal?: AbortSignal): Promise<ConfirmedCode> {
  return withProven<ConfirmedCode>(
    request,
    signal,
    async (repository, proof) => {
      const keys = await listPlaceKeys(repository, signal);
      const codes = keys.filter(({ kind, isDamaged }) => kind === 'recovery' && !isDamaged);
      // The old code opens as well; it must not withdraw the new one. By a wrong clock the order may be wrong too:
      // then the code stays that the person has just typed, never one that nobody has.
      const newest = codes.sort((a, b) => Date.parse(b.created) - Date.parse(a.created))[0];
      if (newest?.isCurrent !== true) return { proof: { kind: 'anotherKey' }, withdrawn: [] };
      return withdrawOthers(repository, proof, codes.slice(1), signal);
    },
    (proof) => ({ proof, withdrawn: [] }),
  );
}

async function withdrawOthers(
  repository: Repository,
  proof: RecoveryProof,
  codes: readonly PlaceKey[],
  signal: AbortSignal | undefined,
): Promise<ConfirmedCode> {
  const withdrawn: KeyId[] = [];
  for (const { id } of codes) {
    try {
      await removeKey(repository, id, signal);
      withdrawn.push(id);
    } catch (error) {
      if (!isTidemarkError(error, 'repository.objectNotFound')) throw error;
      // Another computer withdraws as well: what matters is whose code is left.
      if (error.data.id === repository.keyId) return { proof: { kind: 'doesNotOpen' }, withdrawn };
    }
  }
  return { proof, withdrawn };
}

async function withProven<Result>(
  { openPorts, typed, repositoryId }: ProofRequest,
  signal: AbortSignal | undefined,
  use: (repository: Repository, proof: Extract<RecoveryProof, { kind: 'proven' }>) => Promise<Result>,
  fail: (proof: RecoveryProof) => Result,
): Promise<Result> {
  const reading = readRecoveryCode(typed);
  if (reading.kind !== 'complete') return fail({ kind: 'misread', reading });
  const ports = await openPorts();
  try {
    const repository = await openRepository(ports, reading.code.toPassword(), signal);
    const foundId = repository.config.id;
    if (repositoryId !== undefined && foundId !== repositoryId)
      return fail({ kind: 'otherRepository', foundId });
    return await use(repository, { kind: 'proven', keyId: repository.keyId, repositoryId: foundId });
  } catch (error) {
    if (isTidemarkError(error, 'repository.wrongPassword')) return fail({ kind: 'doesNotOpen' });
    throw error;
  } finally {
    await ports.storage.close();
  }
}

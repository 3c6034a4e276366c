/** The keys of a place on a small real repository in memory: made, found again, replaced, withdrawn; and who must stay out. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { KeyId } from '#base/ids.ts';
import { SecretText } from '#base/secret-text.ts';
import { addKey, removeKey } from '#operations/keys.ts';
import { initRepository } from '#repository/init-repository.ts';
import { openRepository } from '#repository/open-repository.ts';
import type { Repository } from '#repository/repository.ts';
import { adoptPlace, createPlace, type CreatedPlace } from '#services/keys/create-place.ts';
import { listPlaceKeys } from '#services/keys/key-kinds.ts';
import { accountOf, openByItself, openByTyping } from '#services/keys/place-access.ts';
import {
  addHelperCode,
  addPassphrase,
  addRecoveryCode,
  makeNextRecoveryCode,
  MAX_KEYS,
  withdrawKey,
} from '#services/keys/place-keys.ts';
import {
  confirmRecoveryCode,
  proveRecoveryCode,
  type ProofRequest,
} from '#services/keys/prove-recovery-code.ts';
import { makeRecoveryCode } from '#contract/recovery-code.ts';
import { rememberPlace } from '#services/keys/remember-place.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { KeyPlace, PLACE_ID } from '#test/support/key-place.ts';

const PASSPHRASE = new SecretText('quiet moss unfolds twelve');
const UNPROVEN = { isRecoveryProven: false };
const PROVEN = { isRecoveryProven: true };

let place: KeyPlace;
beforeEach(() => {
  place = new KeyPlace();
});

function create(passphrase?: SecretText): Promise<CreatedPlace> {
  return createPlace(place.access(), { version: 2, ...(passphrase === undefined ? {} : { passphrase }) });
}

async function kinds(repository: Repository): Promise<string[]> {
  return (await listPlaceKeys(repository)).map(({ kind }) => kind).sort();
}

async function opened(typed: string): Promise<Repository> {
  const result = await openByTyping(place.access(), typed);
  if (result.kind !== 'opened') throw new Error(`does not open: ${result.kind}`);
  return result.repository;
}

function proofOf(typed: string, more: Partial<ProofRequest> = {}): ProofRequest {
  return { openPorts: () => place.openPorts(), typed, ...more };
}

describe('a new place', () => {
  test('opens by itself with the machine key, and with the code however it is typed', async () => {
    const { repository, recoveryCode, machineKey } = await create();
    expect(machineKey).toEqual({ kind: 'remembered', keyId: repository.keyId });
    expect(await kinds(repository)).toEqual(['machine', 'recovery']);
    expect(await openByItself(place.access())).toMatchObject({
      kind: 'opened',
      repository: { keyId: repository.keyId, keys: repository.keys },
    });
    const typed = recoveryCode.secret.reveal().toLowerCase().replaceAll('-', ' ');
    expect((await opened(typed)).keyId).toBe(recoveryCode.keyId);
    expect([...place.keychain.secrets.keys()]).toEqual([accountOf(PLACE_ID)]);
    expect(place.remembered()).not.toContain(recoveryCode.secret.reveal());
  });

  test('knows by the hint which key to try', async () => {
    const { repository, recoveryCode } = await create();
    for (const keyHint of [repository.keyId, recoveryCode.keyId, 'f'.repeat(64) as KeyId]) {
      place.derivations = 0;
      expect((await openByItself(place.access(keyHint))).kind).toBe('opened');
      if (keyHint === repository.keyId) expect(place.derivations).toBe(1);
      if (keyHint === recoveryCode.keyId) expect(place.derivations).toBe(2);
    }
  });

  test('without a keychain: no machine key, a reason, and the session knows the passphrase', async () => {
    place.keychain.state = { unavailable: 'noService' };
    const access = place.access();
    const made = await createPlace(access, { version: 2, passphrase: PASSPHRASE });
    expect(made.machineKey).toEqual({ kind: 'notRemembered', reason: 'noService' });
    expect(await kinds(made.repository)).toEqual(['passphrase', 'recovery']);
    expect((await openByItself(access)).kind).toBe('opened');
    expect(await openByItself(place.access())).toEqual({ kind: 'secretNeeded', reason: 'noService' });
    expect((await opened(PASSPHRASE.reveal())).keyId).toBe(made.passphraseKeyId);
    expect((await opened(made.recoveryCode.secret.reveal())).keyId).toBe(made.recoveryCode.keyId);
  });

  test('without keychain and passphrase: the code that was shown before opens it', async () => {
    place.keychain.state = { unavailable: 'libraryMissing' };
    const recoveryCode = makeRecoveryCode(place.openPorts().primitives.randomBytes);
    const made = await createPlace(place.access(), { version: 1, recoveryCode });
    expect(made.recoveryCode.secret.equals(recoveryCode)).toBe(true);
    expect(await kinds(made.repository)).toEqual(['recovery']);
    expect((await opened(recoveryCode.reveal())).config.version).toBe(1);
  });

  test('with keychain and passphrase: three keys', async () => {
    const made = await create(PASSPHRASE);
    expect(await kinds(made.repository)).toEqual(['machine', 'passphrase', 'recovery']);
    expect((await opened(PASSPHRASE.reveal())).keyId).toBe(made.passphraseKeyId);
  });

  test('is not made with a weak passphrase, and the reason does not tell it', async () => {
    const error = await create(new SecretText('password1234')).catch((each: unknown) => each);
    expect(error).toMatchObject({
      code: 'request.invalidInput',
      data: { reason: /^This is among the first/ },
    });
    expect(String(error)).not.toContain('password1234');
    expect(await place.keyIds().catch(() => [])).toEqual([]);
    expect(place.remembered()).toBeUndefined();
  });

  test('F4 is never made over an old one, and leaves no secret behind then', async () => {
    const storage = new MemoryStorage();
    await initRepository(new KeyPlace(storage).openPorts(), Buffer.from('foreign'), { version: 2 });
    place = new KeyPlace(storage);
    const before = await place.keyIds();
    await expect(create()).rejects.toMatchObject({ code: 'repository.alreadyExists' });
    expect(await place.keyIds()).toEqual(before);
    expect(place.remembered()).toBeUndefined();
  });

  test('made twice, because the first try was cut off, keeps the secret that opens it', async () => {
    const { repository } = await create();
    await expect(create()).rejects.toMatchObject({ code: 'repository.alreadyExists' });
    expect(await openByItself(place.access())).toMatchObject({
      kind: 'opened',
      repository: { keyId: repository.keyId },
    });
  });

  test('whose making stops at any write opens by itself, as soon as it is a place', async () => {
    let complete = 0;
    for (let allowed = 0; complete === 0; allowed++) {
      const storage = new MemoryStorage();
      place = new KeyPlace(storage);
      let writes = 0;
      const save = storage.save.bind(storage);
      storage.save = (...args) => {
        if (writes++ >= allowed) return Promise.reject(new Error('killed'));
        return save(...args);
      };
      if (await create().catch(() => undefined)) complete = allowed;
      storage.save = save;
      if (storage.files.has('config')) expect((await openByItself(place.access())).kind).toBe('opened');
    }
    // First key, config, lock, second key.
    expect(complete).toBe(4);
  });
});

describe('a keychain that refuses', () => {
  test.each(['locked', { unavailable: 'noService' }] as const)(
    'F4 %j: asks, and nothing is removed or made',
    async (state) => {
      await create();
      const [keysBefore, secretBefore] = [await place.keyIds(), place.remembered()];
      place.keychain.state = state;
      const reason = state === 'locked' ? 'notGiven' : 'noService';
      expect(await openByItself(place.access())).toEqual({ kind: 'secretNeeded', reason });
      place.keychain.state = 'open';
      expect((await openByItself(place.access())).kind).toBe('opened');
      expect([await place.keyIds(), place.remembered()]).toEqual([keysBefore, secretBefore]);
    },
  );

  test('reset: the code is typed once, a new machine key is made, the lost one withdrawn', async () => {
    const { repository: lost, recoveryCode } = await create();
    place.keychain.secrets.clear();
    expect(await openByItself(place.access())).toEqual({ kind: 'secretNeeded', reason: 'notGiven' });
    const repository = await opened(recoveryCode.secret.reveal());
    const remembered = await rememberPlace(repository, place.access(), lost.keyId);
    expect(remembered).toMatchObject({ kind: 'remembered', withdrawn: lost.keyId });
    expect(await openByItself(place.access())).toMatchObject({ kind: 'opened' });
    expect(await kinds(repository)).toEqual(['machine', 'recovery']);
  });

  test('its key was withdrawn elsewhere: asks, and is remembered anew', async () => {
    const { repository, recoveryCode } = await create();
    await withdrawKey(await opened(recoveryCode.secret.reveal()), repository.keyId, UNPROVEN);
    expect(await openByItself(place.access())).toEqual({ kind: 'secretNeeded', reason: 'doesNotOpen' });
    const again = await opened(recoveryCode.secret.reveal());
    expect(await rememberPlace(again, place.access(), repository.keyId)).toMatchObject({
      kind: 'remembered',
    });
    expect((await openByItself(place.access())).kind).toBe('opened');
  });

  test('unlocked meanwhile: what it remembers is used, nothing new made', async () => {
    const { repository, recoveryCode } = await create();
    const before = await place.keyIds();
    const typed = await opened(recoveryCode.secret.reveal());
    expect(await rememberPlace(typed, place.access(), repository.keyId)).toEqual({
      kind: 'remembered',
      keyId: repository.keyId,
    });
    expect(await place.keyIds()).toEqual(before);
  });

  test('takes nothing: no key is left at the place', async () => {
    const { recoveryCode } = await create();
    place.keychain.secrets.clear();
    const repository = await opened(recoveryCode.secret.reveal());
    const before = await place.keyIds();
    place.keychain.state = { unavailable: 'timedOut' };
    const away = await rememberPlace(repository, place.access());
    expect(away).toEqual({ kind: 'notRemembered', reason: 'timedOut' });
    place.keychain.state = 'open';
    place.keychain.refusesSet = true;
    expect(await rememberPlace(repository, place.access())).toEqual({
      kind: 'notRemembered',
      reason: 'locked',
    });
    expect(await place.keyIds()).toEqual(before);
  });

  test('while another works at the place: remembered or not, what cannot be removed yet is told', async () => {
    const { repository: lost, recoveryCode } = await create();
    place.keychain.secrets.clear();
    const other = await openRepository(place.openPorts(), recoveryCode.secret.toPassword());
    const lock = await other.lock({ exclusive: false });
    try {
      const repository = await opened(recoveryCode.secret.reveal());
      place.keychain.refusesSet = true;
      const refused = await rememberPlace(repository, place.access(), lost.keyId);
      expect(refused).toMatchObject({ kind: 'notRemembered', reason: 'locked', leftKeyId: /^[0-9a-f]{64}$/ });
      place.keychain.refusesSet = false;
      const remembered = await rememberPlace(repository, place.access(), lost.keyId);
      expect(Object.keys(remembered)).toEqual(['kind', 'keyId']);
      expect((await openByItself(place.access())).kind).toBe('opened');
    } finally {
      await lock.release();
    }
  });
});

describe('typing', () => {
  test('names the wrong group of a code before anything else', async () => {
    const { recoveryCode } = await create();
    const code = recoveryCode.secret.reveal();
    const wrong = `${code.slice(0, 6)}${code[6] === '7' ? '8' : '7'}${code.slice(7)}`;
    expect(await openByTyping(place.access(), wrong)).toEqual({
      kind: 'misread',
      reading: { kind: 'wrong', groups: [{ number: 2, kind: 'mistyped' }] },
    });
    expect(await openByTyping(place.access(), 'never mind the password')).toEqual({ kind: 'doesNotOpen' });
  });

  test('takes a password of restic for what it is, even one that looks like a code', async () => {
    const { repository } = await create();
    const lookAlike = 'aaaaa-bbbbb-ccccc-ddddd-eeeee-fffff-ggggg-hhhhh';
    await addKey(repository, { password: Buffer.from(lookAlike) });
    expect((await openByTyping(place.access(), lookAlike)).kind).toBe('opened');
  });
});

describe('another recovery code', () => {
  test('opens beside the old one until it was typed; then the old one opens no more', async () => {
    const { repository, recoveryCode: old } = await create();
    const helper = await addHelperCode(repository);
    const next = await makeNextRecoveryCode(repository);
    expect((await opened(old.secret.reveal())).keyId).toBe(old.keyId);
    const confirm = (typed: string): ReturnType<typeof confirmRecoveryCode> =>
      confirmRecoveryCode(proofOf(typed));
    const before = await place.keyIds();
    expect(await confirm(old.secret.reveal())).toEqual({ proof: { kind: 'anotherKey' }, withdrawn: [] });
    expect(await confirm(helper.secret.reveal())).toEqual({ proof: { kind: 'anotherKey' }, withdrawn: [] });
    expect((await confirm(next.secret.reveal().slice(1))).proof.kind).toBe('misread');
    expect(await place.keyIds()).toEqual(before);
    expect(await confirm(next.secret.reveal())).toEqual({
      proof: { kind: 'proven', keyId: next.keyId, repositoryId: repository.config.id },
      withdrawn: [old.keyId],
    });
    expect(await openByTyping(place.access(), old.secret.reveal())).toEqual({ kind: 'doesNotOpen' });
    expect((await opened(helper.secret.reveal())).keyId).toBe(helper.keyId);
  });

  test('of a replacement that was cut off, the next one withdraws both', async () => {
    const { repository, recoveryCode: old } = await create();
    const lostOnTheWay = await makeNextRecoveryCode(repository);
    const next = await makeNextRecoveryCode(repository);
    const request = proofOf(next.secret.reveal());
    expect(new Set((await confirmRecoveryCode(request)).withdrawn)).toEqual(
      new Set([old.keyId, lostOnTheWay.keyId]),
    );
    expect(await kinds(repository)).toEqual(['machine', 'recovery']);
  });

  test('by a wrong clock: the code that was typed stays', async () => {
    const { repository, recoveryCode: old } = await create();
    place.nowMs = Date.UTC(2020, 0, 1);
    const early = await makeNextRecoveryCode(place.reopened(repository));
    expect((await confirmRecoveryCode(proofOf(early.secret.reveal()))).proof.kind).toBe('anotherKey');
    expect((await confirmRecoveryCode(proofOf(old.secret.reveal()))).withdrawn).toEqual([early.keyId]);
    expect((await opened(old.secret.reveal())).keyId).toBe(old.keyId);
  });

  test('is not confirmed when the place is in use, and the old one still opens', async () => {
    const { repository, recoveryCode: old } = await create();
    const next = await makeNextRecoveryCode(repository);
    const lock = await repository.lock({ exclusive: false });
    const request = proofOf(next.secret.reveal());
    await expect(confirmRecoveryCode(request)).rejects.toMatchObject({ code: 'repository.locked' });
    await lock.release();
    expect((await opened(old.secret.reveal())).keyId).toBe(old.keyId);
    expect((await confirmRecoveryCode(request)).withdrawn).toEqual([old.keyId]);
  });

  test('two computers at once: one code is left, and the other person is told', async () => {
    const { repository } = await create();
    // The newest wins.
    const theirs = await makeNextRecoveryCode(repository);
    const mine = await makeNextRecoveryCode(repository);
    const theirView = await openRepository(place.openPorts(), theirs.secret.toPassword());
    const confirmMine = proofOf(mine.secret.reveal());
    expect((await confirmRecoveryCode(confirmMine)).proof.kind).toBe('proven');
    // They had opened before, and are about to remove mine.
    await expect(removeKey(theirView, mine.keyId)).rejects.toMatchObject({
      code: 'repository.objectNotFound',
      data: { id: theirs.keyId },
    });
    const confirmTheirs = proofOf(theirs.secret.reveal());
    expect(await confirmRecoveryCode(confirmTheirs)).toEqual({
      proof: { kind: 'doesNotOpen' },
      withdrawn: [],
    });
    expect((await opened(mine.secret.reveal())).keyId).toBe(mine.keyId);
  });
});

describe('proof', () => {
  test('comes from the place itself', async () => {
    const { repository, recoveryCode } = await create();
    const typed = recoveryCode.secret.reveal();
    const repositoryId = repository.config.id;
    place.keychain.state = { unavailable: 'noService' };
    expect(await proveRecoveryCode(proofOf(typed, { repositoryId }))).toEqual({
      kind: 'proven',
      keyId: recoveryCode.keyId,
      repositoryId,
    });
    expect(await proveRecoveryCode(proofOf(typed, { repositoryId: 'another' }))).toEqual({
      kind: 'otherRepository',
      foundId: repositoryId,
    });
    expect((await proveRecoveryCode(proofOf(typed.slice(6)))).kind).toBe('misread');
    const foreign = makeRecoveryCode(place.openPorts().primitives.randomBytes).reveal();
    expect(await proveRecoveryCode(proofOf(foreign))).toEqual({ kind: 'doesNotOpen' });
  });

  test('fails when the place is not what it was, whatever is known here', async () => {
    const { recoveryCode } = await create();
    await place.storage.remove('config', 'config');
    await expect(proveRecoveryCode(proofOf(recoveryCode.secret.reveal()))).rejects.toMatchObject({
      code: 'repository.notFound',
    });
  });
});

describe('how many, and which must stay', () => {
  test('six at most; a replacement may have one more for a while', async () => {
    const { repository } = await create();
    for (let count = 2; count < MAX_KEYS; count++) await addHelperCode(repository);
    for (const add of [addHelperCode, addRecoveryCode])
      await expect(add(repository)).rejects.toMatchObject({
        code: 'repository.tooManyKeys',
        data: { keyCount: MAX_KEYS },
      });
    await expect(addPassphrase(repository, PASSPHRASE)).rejects.toMatchObject({
      code: 'repository.tooManyKeys',
    });
    await expect(rememberPlace(repository, { ...place.access(), placeId: 'second' })).rejects.toMatchObject({
      code: 'repository.tooManyKeys',
    });
    const next = await makeNextRecoveryCode(repository);
    await confirmRecoveryCode(proofOf(next.secret.reveal()));
    expect(await place.keyIds()).toHaveLength(MAX_KEYS);
  });

  test('the last key that a person keeps stays, and so does the one in use', async () => {
    const { repository, recoveryCode } = await create();
    await expect(withdrawKey(repository, recoveryCode.keyId, UNPROVEN)).rejects.toMatchObject({
      code: 'repository.lastRecoveryKey',
    });
    await expect(withdrawKey(repository, repository.keyId, UNPROVEN)).rejects.toMatchObject({
      code: 'repository.keyInUse',
    });
    const helper = await addHelperCode(repository);
    await withdrawKey(repository, helper.keyId, UNPROVEN);
    expect(await openByTyping(place.access(), helper.secret.reveal())).toEqual({ kind: 'doesNotOpen' });
    expect((await opened(recoveryCode.secret.reveal())).keyId).toBe(recoveryCode.keyId);
  });

  test('the last way in that was proven stays, whatever else somebody may still have', async () => {
    const { repository, recoveryCode } = await create();
    await addHelperCode(repository);
    const foreign = await addKey(repository, { password: Buffer.from('of restic') });
    const withdraw = (id: KeyId, facts = PROVEN): ReturnType<typeof withdrawKey> =>
      withdrawKey(repository, id, facts);
    const refused = { code: 'repository.lastRecoveryKey' };
    await expect(withdraw(recoveryCode.keyId)).rejects.toMatchObject(refused);
    // A code that nobody has shown to have is no way in; the older one goes when the new one is proven.
    const next = await makeNextRecoveryCode(place.reopened(repository));
    await expect(withdraw(recoveryCode.keyId, UNPROVEN)).rejects.toMatchObject(refused);
    await expect(withdraw(foreign, UNPROVEN)).rejects.toMatchObject(refused);
    await withdraw(recoveryCode.keyId);
    await withdraw(foreign);
    // A passphrase was typed when it was set.
    await addPassphrase(repository, PASSPHRASE);
    await withdraw(next.keyId, UNPROVEN);
    expect(await kinds(repository)).toEqual(['helper', 'machine', 'passphrase']);
  });

  test('what this computer remembers stays, also where something typed has opened the place', async () => {
    const { repository: own, recoveryCode } = await create();
    const typed = await opened(recoveryCode.secret.reveal());
    await expect(withdrawKey(typed, own.keyId, { ...PROVEN, ownKeyId: own.keyId })).rejects.toMatchObject({
      code: 'repository.keyInUse',
    });
  });

  test('a damaged key does not count as kept', async () => {
    const storage = new MemoryStorage();
    place = new KeyPlace(storage);
    const { repository, recoveryCode } = await create();
    const helper = await addHelperCode(repository);
    storage.files.set(`keys/${helper.keyId}`, new Uint8Array(Buffer.from('{}')));
    await expect(withdrawKey(repository, recoveryCode.keyId, UNPROVEN)).rejects.toMatchObject({
      code: 'repository.lastRecoveryKey',
    });
    expect((await openByItself(place.access())).kind).toBe('opened');
  });
});

test('a place that others made gets our keys only, and as many as were agreed to', async () => {
  await initRepository(place.openPorts(), Buffer.from('foreign'), { version: 2 });
  const repository = await opened('foreign');
  const withMachine = await adoptPlace(repository, place.access(), { recoveryCode: false });
  expect(withMachine).toMatchObject({ machineKey: { kind: 'remembered' } });
  expect(withMachine.recoveryCode).toBeUndefined();
  expect(await kinds(repository)).toEqual(['foreign', 'machine']);
  expect((await openByItself(place.access())).kind).toBe('opened');
  const { recoveryCode } = await adoptPlace(repository, place.access(), { recoveryCode: true });
  expect((await opened(recoveryCode!.secret.reveal())).keyId).toBe(recoveryCode!.keyId);
  expect(await kinds(repository)).toEqual(['foreign', 'machine', 'recovery']);
});

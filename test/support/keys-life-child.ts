/**
 * The life of a place's keys in a process of its own: `keys-life-child.ts <folder> <file>`. Makes a place in the folder
 * with a profile beside it, uses, replaces and withdraws keys, makes every mistake, and prints all that it gets,
 * results and errors, as a careless log would. The secrets themselves go into the file and nowhere else.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { TidemarkError, type WireError } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import { systemClock } from '#base/system-clock.ts';
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import { addKey } from '#operations/keys.ts';
import type { Repository } from '#repository/repository.ts';
import { adoptPlace, createPlace } from '#services/keys/create-place.ts';
import { listPlaceKeys } from '#services/keys/key-kinds.ts';
import { openByItself, openByTyping, type PlaceAccess } from '#services/keys/place-access.ts';
import {
  addHelperCode,
  addPassphrase,
  makeNextRecoveryCode,
  withdrawKey,
  type MadeKey,
} from '#services/keys/place-keys.ts';
import { confirmRecoveryCode, proveRecoveryCode } from '#services/keys/prove-recovery-code.ts';
import { rememberPlace } from '#services/keys/remember-place.ts';
import { KeytarSecretStore } from '#services/secrets/keytar/keytar-secret-store.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import type { SecretStore } from '#services/secrets/secret-store.ts';
import { appendActivity } from '#services/state/activity-table.ts';
import { putPlace } from '#services/state/places-table.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { KeyPlace } from '#test/support/key-place.ts';
import { openState, samplePlace } from '#test/support/state.ts';

const [folder = '', secretsFile = ''] = process.argv.slice(2);
const secrets: Record<string, string> = {};
const place = new KeyPlace(new LocalStorage(join(folder, 'place'), systemClock));

function keep<Made extends MadeKey>(name: string, made: Made): Made {
  secrets[name] = made.secret.reveal();
  return made;
}

/** As a careless log does: whole objects, in every form; but for the opened repository, which holds the master key. */
function log(what: string, result: unknown): void {
  const value = isOpened(result) ? { ...result, repository: result.repository.keyId } : result;
  console.log(what, value, JSON.stringify(value));
  console.error(inspect(value, { depth: 20, showHidden: true }));
}

function isOpened(result: unknown): result is { readonly repository: Repository } {
  return typeof result === 'object' && result !== null && 'repository' in result;
}

/** A keychain that hands on, and tells this test what it was given. */
function watched(store: SecretStore): SecretStore {
  return {
    get: (account) => store.get(account),
    set: (account, secret) => {
      secrets[`machine key ${Object.keys(secrets).length}`] = secret.reveal();
      return store.set(account, secret);
    },
    delete: (account) => store.delete(account),
  };
}

const keychain = watched(new KeytarSecretStore({ service: 'Tidemark test', clock: systemClock }));
const access = (): PlaceAccess => ({ ...place.access(), keychain, session: new SessionSecretStore() });

mkdirSync(join(folder, 'profile'), { recursive: true });
const state = await openState(join(folder, 'profile'));

async function mistake(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    log(what, await run());
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    const wire: WireError = error.toWire();
    log(what, {
      wire,
      sentence: errorSentence(wire, COMMAND_LINE_WORDS),
      stack: error.stack,
      cause: error.cause,
    });
    await state.commit((writer) =>
      appendActivity(writer, { atMs: Date.now(), kind: 'mistake', data: JSON.stringify({ what, wire }) }),
    );
  }
}

/** Not to be found in any process that merely shows this file. */
const chance = Buffer.from(place.openPorts().primitives.randomBytes(8)).toString('hex');
const passphrase = new SecretText(`quiet moss ${chance} — ☂`);
secrets['passphrase'] = passphrase.reveal();
secrets['weak passphrase'] = `Password-Password-${chance.replace(/[^0-9]/g, '7')}`;
secrets['foreign password'] = `a password that restic was given ${chance}`;
secrets['never right'] = `nothing that opens anything here ${chance}`;

const UNPROVEN = { isRecoveryProven: false };

const created = await createPlace(access(), { version: 2, passphrase });
const { repository } = created;
for (const form of ['base64', 'hex'] as const)
  secrets[`master key, ${form}`] = Buffer.from(repository.keys.encrypt).toString(form);
const code = keep('first recovery code', created.recoveryCode);
log('created', created);
await state.commit((writer) => {
  putPlace(writer, {
    ...samplePlace('place-1'),
    machineKeyId: repository.keyId,
    repositoryId: repository.config.id,
  });
  appendActivity(writer, { atMs: Date.now(), kind: 'keyAdded', data: JSON.stringify(created.recoveryCode) });
});
log('by itself', await openByItself(access()));
const helper = keep('helper code', await addHelperCode(repository));
log('helper', helper);
await addKey(repository, { password: Buffer.from(secrets['foreign password']) });

const openPorts = (): PlaceAccess['ports'] => place.openPorts();
const typed = code.secret.reveal();
log('proven', await proveRecoveryCode({ openPorts, typed }));
const next = keep('second recovery code', await makeNextRecoveryCode(repository));
log('next', next);
log('old paper', await confirmRecoveryCode({ openPorts, typed }));
log('confirmed', await confirmRecoveryCode({ openPorts, typed: next.secret.reveal() }));

const session = access();
const typedPassphrase = await openByTyping(session, passphrase.reveal());
if (typedPassphrase.kind !== 'opened') throw new Error(typedPassphrase.kind);
log('session', { keychain: session.keychain, session: session.session, ...(await openByItself(session)) });
log('remembered', await rememberPlace(typedPassphrase.repository, session, repository.keyId));
await keychain.delete('place/place-1');
log('remembered anew', await rememberPlace(typedPassphrase.repository, session));
await mistake('wrong group', () => openByTyping(access(), `${typed.slice(0, -1)}?`));
await mistake('old code', () => openByTyping(access(), typed));
await mistake('wrong passphrase', () => openByTyping(access(), secrets['never right']!));
await mistake('weak passphrase', () =>
  addPassphrase(repository, new SecretText(secrets['weak passphrase']!)),
);
await mistake('made twice', () => createPlace(access(), { version: 2, passphrase }));
await mistake('adopted', () => adoptPlace(typedPassphrase.repository, access(), { recoveryCode: true }));
await mistake('too many', async () => {
  for (;;) keep(`helper ${Object.keys(secrets).length}`, await addHelperCode(repository));
});
await mistake('in use', () => withdrawKey(repository, repository.keyId, UNPROVEN));
await withdrawKey(typedPassphrase.repository, helper.keyId, UNPROVEN);
await mistake('keys', () => listPlaceKeys(repository));
await state.close();
if (existsSync(join(folder, 'place', 'config'))) writeFileSync(secretsFile, JSON.stringify(secrets));

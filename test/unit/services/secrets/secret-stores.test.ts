import { describe, expect, test } from 'vitest';
import { inspect } from 'node:util';
import { SecretText } from '#base/secret-text.ts';
import { classifyRefusal } from '#services/secrets/keytar/classify-refusal.ts';
import { KEYCHAIN_LIMIT_MS, KeytarSecretStore } from '#services/secrets/keytar/keytar-secret-store.ts';
import type { Keychain } from '#services/secrets/keytar/load-keytar.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { describeSecretStore } from '#test/suites/secret-store-suite.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const SECRET = new SecretText('K7MNP-4TQXR');

/** As keytar behaves on an unlocked keyring. */
function memoryKeychain(): Keychain {
  const secrets = new Map<string, string>();
  return {
    getPassword: async (service, account) => secrets.get(`${service}/${account}`) ?? null,
    setPassword: async (service, account, secret) => void secrets.set(`${service}/${account}`, secret),
    deletePassword: async (service, account) => secrets.delete(`${service}/${account}`),
  };
}

function storeOver(changes: Partial<Keychain>, clock = new FakeClock()): KeytarSecretStore {
  const keychain = { ...memoryKeychain(), ...changes };
  return new KeytarSecretStore({ service: 'test', clock, load: async () => keychain, system: 'linux' });
}

describeSecretStore('of one session', () => new SessionSecretStore());
describeSecretStore('keytar over a keychain in memory', () => storeOver({}));

describe('a keychain that lies or refuses', () => {
  test('what is not given back the same is not called remembered', async () => {
    const forgetful = storeOver({ setPassword: async () => {} });
    expect(await forgetful.set('a', SECRET)).toEqual({ kind: 'notRemembered', reason: 'notKept' });
    const mangling = storeOver({ getPassword: async () => 'something else' });
    expect(await mangling.set('a', SECRET)).toEqual({ kind: 'notRemembered', reason: 'notKept' });
  });

  test('a locked one gives a reason, and never "not there"', async () => {
    const locked = storeOver({
      getPassword: async () => null,
      deletePassword: async () => false,
      setPassword: () => Promise.reject(new Error('Cannot create an item in a locked collection')),
    });
    expect(await locked.get('a')).toEqual({ kind: 'unknownOrLocked' });
    expect(await locked.delete('a')).toEqual({ kind: 'unproven' });
    expect(await locked.set('a', SECRET)).toEqual({ kind: 'notRemembered', reason: 'locked' });
  });

  test('what is still there after it was deleted is not called forgotten', async () => {
    const twice = storeOver({ deletePassword: async () => true, getPassword: async () => 'a second one' });
    expect(await twice.delete('a')).toEqual({ kind: 'unproven' });
  });

  test('a missing library is said, and asked for once', async () => {
    let loads = 0;
    const load = (): Promise<Keychain> => {
      loads += 1;
      return Promise.reject(new Error('Failed to load keytar native addon'));
    };
    const store = new KeytarSecretStore({ service: 'test', clock: new FakeClock(), load, system: 'linux' });
    expect(loads).toBe(0);
    expect(await store.get('a')).toEqual({ kind: 'unavailable', reason: 'libraryMissing' });
    expect(await store.set('a', SECRET)).toEqual({ kind: 'notRemembered', reason: 'libraryMissing' });
    expect(loads).toBe(1);
  });

  test('a system without a known keychain is not tried', async () => {
    const load = (): Promise<Keychain> => Promise.reject(new Error('loaded'));
    const store = new KeytarSecretStore({ service: 'test', clock: new FakeClock(), load, system: 'freebsd' });
    expect(await store.delete('a')).toEqual({ kind: 'unavailable', reason: 'notSupported' });
  });
});

describe('a keychain that does not answer', () => {
  test('each call ends in its time; none is begun while one hangs, or after its own time', async () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    let answer = (_secret: string | null): void => {};
    const store = storeOver(
      {
        getPassword: (_service, account) => {
          asked.push(account);
          return new Promise((resolve) => (answer = resolve));
        },
        setPassword: async (_service, account) => void asked.push(`set ${account}`),
      },
      clock,
    );
    const first = store.get('first');
    const second = store.set('second', SECRET);
    await clock.advance(KEYCHAIN_LIMIT_MS);
    expect(await first).toEqual({ kind: 'unavailable', reason: 'timedOut' });
    expect(await second).toEqual({ kind: 'notRemembered', reason: 'timedOut' });
    expect(await store.get('third')).toEqual({ kind: 'unavailable', reason: 'timedOut' });
    answer('late');
    await clock.advance(0);
    expect(asked).toEqual(['first']);
    const later = store.get('fourth');
    await clock.advance(0);
    answer('here');
    expect(await later).toMatchObject({ kind: 'found' });
    expect(asked).toEqual(['first', 'fourth']);
    expect(clock.sleeperCount).toBe(0);
  });
});

test.each([
  ['Cannot create an item in a locked collection', 'locked'],
  ['User interaction is not allowed.', 'locked'],
  ['Object does not exist at path "/org/freedesktop/secrets/collection/login"', 'notSetUp'],
  ['The name org.freedesktop.secrets was not provided by any .service files', 'noService'],
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'noService'],
  ['D-Bus kann nicht automatisch gestartet werden', 'noService'],
  ['Timeout was reached', 'timedOut'],
  ['An unknown error occurred.', 'refused'],
])('"%s" is %s', (message, reason) => {
  expect(classifyRefusal(new Error(message))).toBe(reason);
});

test('a secret shows itself nowhere by accident', () => {
  const holder = { secret: SECRET, list: [SECRET] };
  // oxlint-disable-next-line typescript/restrict-template-expressions -- the accident
  const shown = [`${SECRET}`, inspect(holder, { showHidden: true }), JSON.stringify(holder), String(SECRET)];
  const sent = inspect(structuredClone(holder));
  expect([...shown, sent].join(' ')).not.toContain(SECRET.reveal());
});

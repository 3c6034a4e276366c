/**
 * The contract of SecretStore (src-main/services/secrets/secret-store.ts) as checks that run anywhere: under vitest by
 * `describeSecretStore`, and in a process of its own on the real keychain by test/support/secret-service-child.ts.
 */
import assert from 'node:assert/strict';
import { SecretText } from '#base/secret-text.ts';
import type { SecretStore } from '#services/secrets/secret-store.ts';

type Check = readonly [name: string, run: (store: SecretStore) => Promise<void>];

const FIRST = new SecretText('first Geheimnis ☂ 𝄞 é e\u0301');
const SECOND = new SecretText('K7MNP-4TQXR');

export const SECRET_STORE_CHECKS: readonly Check[] = [
  [
    'gives back what it was given, byte for byte',
    async (store) => {
      assert.deepEqual(await store.set('suite/one', FIRST), { kind: 'remembered' });
      assert.equal(await revealed(store, 'suite/one'), FIRST.reveal());
    },
  ],
  [
    'replaces, for that account alone',
    async (store) => {
      await store.set('suite/one', FIRST);
      await store.set('suite/two', FIRST);
      assert.deepEqual(await store.set('suite/one', SECOND), { kind: 'remembered' });
      assert.equal(await revealed(store, 'suite/one'), SECOND.reveal());
      assert.equal(await revealed(store, 'suite/two'), FIRST.reveal());
    },
  ],
  [
    'does not say "never set" of what it does not find',
    async (store) => assert.deepEqual(await store.get('suite/nowhere'), { kind: 'unknownOrLocked' }),
  ],
  [
    'forgets, and proves nothing of what it did not have',
    async (store) => {
      await store.set('suite/one', FIRST);
      assert.deepEqual(await store.delete('suite/one'), { kind: 'forgotten' });
      assert.deepEqual(await store.get('suite/one'), { kind: 'unknownOrLocked' });
      assert.deepEqual(await store.delete('suite/one'), { kind: 'unproven' });
    },
  ],
  [
    'takes calls at the same time',
    async (store) => {
      const accounts = Array.from({ length: 8 }, (_, at) => `suite/many-${at}`);
      await Promise.all(accounts.map((account) => store.set(account, new SecretText(`of ${account}`))));
      const found = await Promise.all(accounts.map((account) => revealed(store, account)));
      assert.deepEqual(
        found,
        accounts.map((account) => `of ${account}`),
      );
      await Promise.all(accounts.map((account) => store.delete(account)));
    },
  ],
];

async function revealed(store: SecretStore, account: string): Promise<string> {
  const found = await store.get(account);
  assert.equal(found.kind, 'found');
  return found.kind === 'found' ? found.secret.reveal() : '';
}

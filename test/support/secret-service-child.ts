/**
 * Asks the real keychain of its session: `secret-service-child.ts <command>`; answers are lines of JSON.
 * suite: the whole contract. set, get, delete: one call each, for one account, in that process alone.
 * everything: all three, with nothing to be found; ends with code 0 only if none rejects.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '#base/system-clock.ts';
import { SecretText } from '#base/secret-text.ts';
import { KeytarSecretStore } from '#services/secrets/keytar/keytar-secret-store.ts';
import { SECRET_STORE_CHECKS } from '#test/suites/secret-store-checks.ts';

const store = new KeytarSecretStore({ service: 'Tidemark test', clock: systemClock });
const ACCOUNT = 'place/1';
const SECRET = new SecretText('only for a test ☂');

function say(answer: unknown): void {
  writeSync(1, `${JSON.stringify(answer)}\n`);
}

async function get(): Promise<void> {
  const found = await store.get(ACCOUNT);
  say(found.kind === 'found' ? { kind: 'found', isSame: found.secret.equals(SECRET) } : found);
}

const COMMANDS: Record<string, () => Promise<void>> = {
  async suite() {
    for (const [name, run] of SECRET_STORE_CHECKS) {
      await run(store);
      say(name);
    }
  },
  get,
  set: async () => say(await store.set(ACCOUNT, SECRET)),
  delete: async () => say(await store.delete(ACCOUNT)),
  async everything() {
    await get();
    say(await store.set(ACCOUNT, SECRET));
    say(await store.delete(ACCOUNT));
  },
};

await COMMANDS[process.argv[2] ?? '']!();

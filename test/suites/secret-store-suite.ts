/** The contract of SecretStore as tests; every adapter runs it. */
import { describe, test } from 'vitest';
import type { SecretStore } from '#services/secrets/secret-store.ts';
import { SECRET_STORE_CHECKS } from './secret-store-checks.ts';

export function describeSecretStore(name: string, make: () => SecretStore): void {
  describe(`secret store: ${name}`, () => {
    test.each(SECRET_STORE_CHECKS)('%s', (_name, run) => run(make()));
  });
}

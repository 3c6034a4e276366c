/**
 * The keychain for real: gnome-keyring on a message bus of its own, unlocked, locked, missing, and no bus at all. Every
 * look is a process of its own, and its exit code counts: a native crash would not be an exception.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  LOCKED,
  NO_BUS,
  NO_SERVICE,
  secretServiceObstacle,
  SessionHome,
  UNLOCKED,
  type SessionKind,
} from '#test/support/secret-service.ts';
import { SECRET_STORE_CHECKS } from '#test/suites/secret-store-checks.ts';

const obstacle = secretServiceObstacle();
const CHILD = 'secret-service-child.ts';

describe.skipIf(obstacle !== undefined)(
  `a real Secret Service${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  () => {
    let home: SessionHome;
    beforeEach(() => {
      home = new SessionHome();
    });
    afterEach(() => home.remove());

    /** The answers of one process, which must have ended by itself and well. */
    async function ask(kind: SessionKind, command: string): Promise<unknown[]> {
      const { code, stdout, stderr } = await home.run(kind, CHILD, [command]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    }

    test('unlocked: keeps the contract, and the next login finds what was kept', async () => {
      expect(await ask(UNLOCKED, 'suite')).toEqual(SECRET_STORE_CHECKS.map(([name]) => name));
      expect(await ask(UNLOCKED, 'set')).toEqual([{ kind: 'remembered' }]);
      expect(home.keyringFiles()).not.toEqual([]);
      expect(await ask(UNLOCKED, 'get')).toEqual([{ kind: 'found', isSame: true }]);
      expect(await ask(UNLOCKED, 'delete')).toEqual([{ kind: 'forgotten' }]);
      expect(await ask(UNLOCKED, 'get')).toEqual([{ kind: 'unknownOrLocked' }]);
    });

    test('locked, with our secret inside: says so, crashes nothing, and takes nothing away', async () => {
      expect(await ask(UNLOCKED, 'set')).toEqual([{ kind: 'remembered' }]);
      expect(await ask(LOCKED, 'everything')).toEqual([
        { kind: 'unknownOrLocked' },
        { kind: 'notRemembered', reason: 'locked' },
        { kind: 'unproven' },
      ]);
      expect(await ask(UNLOCKED, 'get')).toEqual([{ kind: 'found', isSame: true }]);
    });

    test('a keyring that was never made', async () => {
      const [found, remembered] = await ask(LOCKED, 'everything');
      expect(found).toEqual({ kind: 'unknownOrLocked' });
      expect(remembered).toEqual({ kind: 'notRemembered', reason: 'notSetUp' });
    });

    test.each([
      ['a bus without the service', NO_SERVICE],
      ['no bus', NO_BUS],
    ])('%s', async (_name, kind) => {
      expect(await ask(kind, 'everything')).toEqual([
        { kind: 'unavailable', reason: 'noService' },
        { kind: 'notRemembered', reason: 'noService' },
        { kind: 'unavailable', reason: 'noService' },
      ]);
    });
  },
);

/** Links and sessions over time. That they are asked for at all is shown by test/e2e/browser-attacks.test.ts. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BrowserAccess } from '#hosts/browser/browser-access.ts';
import { TokenBucket } from '#hosts/browser/token-bucket.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const HOUR_MS = 3_600_000;

function setUp(): { clock: FakeClock; access: BrowserAccess; letIn: () => string } {
  const clock = new FakeClock();
  const access = new BrowserAccess(clock, (size) => randomBytes(size));
  return { clock, access, letIn: () => access.newCookie().split(';', 1)[0] as string };
}

describe('links', () => {
  test('have 256 bits, are never alike, and are good once', () => {
    const { access } = setUp();
    const token = access.newToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(access.newToken()).not.toBe(token);
    expect(access.useUp(token)).toBe(false);
    const fresh = access.newToken();
    expect([access.useUp(fresh), access.useUp(fresh)]).toEqual([true, false]);
  });

  test('are good for an hour', async () => {
    const { clock, access } = setUp();
    const inTime = access.newToken();
    await clock.advance(HOUR_MS);
    expect(access.useUp(inTime)).toBe(true);
    const late = access.newToken();
    await clock.advance(HOUR_MS + 1);
    expect(access.useUp(late)).toBe(false);
    expect(access.useUp(late)).toBe(false);
  });
});

describe('sessions', () => {
  test('the cookie is for us alone, not for scripts, not for foreign sites', () => {
    const { access } = setUp();
    expect(access.newCookie()).toMatch(
      /^tidemark-[0-9a-f]{16}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(setUp().access.cookieName).not.toBe(access.cookieName);
  });

  test('last while they are used, and end twelve hours after', async () => {
    const { clock, access, letIn } = setUp();
    const cookie = letIn();
    const session = access.sessionOf(cookie);
    let ended = 0;
    session?.onEnd.add(() => ended++);
    for (let n = 0; n < 3; n++) {
      await clock.advance(11 * HOUR_MS);
      expect(access.sessionOf(`other=1; ${cookie}`)).toBe(session);
    }
    await clock.advance(12 * HOUR_MS + 1);
    expect(access.sessionOf(cookie)).toBeUndefined();
    expect(ended).toBe(1);
    // A clock that somebody sets changes nothing.
    const other = letIn();
    clock.jumpWall(1_000 * HOUR_MS);
    expect(access.sessionOf(other)).toBeDefined();
  });

  test('there are not many: the one that was idle longest goes', async () => {
    const { clock, access, letIn } = setUp();
    const cookies: string[] = [];
    for (let n = 0; n < 16; n++) {
      cookies.push(letIn());
      await clock.advance(1_000);
    }
    expect(access.sessionOf(cookies[0])).toBeDefined();
    letIn();
    expect(access.sessionOf(cookies[0])).toBeDefined();
    expect(access.sessionOf(cookies[1])).toBeUndefined();
  });
});

test('a bucket gives its burst, then only what refills', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, 3, 2);
  const takeAll = (): number => {
    let taken = 0;
    while (bucket.take()) taken++;
    return taken;
  };
  expect(takeAll()).toBe(3);
  await clock.advance(1_000);
  expect(takeAll()).toBe(2);
  await clock.advance(3_600_000);
  expect(takeAll()).toBe(3);
});

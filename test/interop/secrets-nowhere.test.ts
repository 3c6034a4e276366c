/**
 * No secret is anywhere it does not belong: after keys were made, used, replaced and withdrawn, and after every mistake,
 * none is in a file of the profile, the place or the home folder, in what was logged, or in the arguments or environment
 * of any process. With the real keychain, and without one.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findSecrets, findSecretsBelow, processTexts } from '#test/support/find-text.ts';
import { NO_BUS, secretServiceObstacle, SessionHome, UNLOCKED } from '#test/support/secret-service.ts';

const outside = mkdtempSync(join(tmpdir(), 'tidemark-nowhere-'));
afterAll(() => rmSync(outside, { recursive: true, force: true }));

test('the search finds what it is meant to find', () => {
  const secrets = { code: 'K7MNP-4TQXR-00000', phrase: 'quiet moss — ☂' };
  for (const [name, secret] of Object.entries(secrets)) {
    const plain = Buffer.from(secret);
    const hidden = [
      plain,
      Buffer.from(secret.replaceAll('-', '')),
      Buffer.from(secret.toLowerCase()),
      Buffer.from(secret, 'utf16le'),
      Buffer.from(plain.toString('hex')),
      ...['', 'a', 'ab'].map((before) =>
        Buffer.from(Buffer.from(`${before}${secret}after`).toString('base64')),
      ),
      Buffer.from(JSON.stringify({ secret })),
    ];
    for (const bytes of hidden) expect(findSecrets(bytes, secrets)).toEqual([name]);
    const folder = join(outside, 'planted');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'file'), Buffer.concat([Buffer.alloc(5000), hidden.at(-2)!]));
    expect(findSecretsBelow(outside, secrets).found).toEqual([`${join(folder, 'file')}: ${name}`]);
    rmSync(folder, { recursive: true });
  }
  expect(findSecrets('nothing of the kind', secrets)).toEqual([]);
});

const CASES = [
  { name: 'with a real keychain', kind: UNLOCKED, obstacle: secretServiceObstacle(), machineKeys: 2 },
  {
    name: 'without a keychain',
    kind: NO_BUS,
    obstacle: process.platform === 'linux' ? undefined : 'needs Linux',
    machineKeys: 0,
  },
];

for (const { name, kind, obstacle, machineKeys } of CASES) {
  const title = `${name}: no secret where it does not belong${obstacle ? ` (skipped: ${obstacle})` : ''}`;
  test.skipIf(obstacle !== undefined)(title, async () => {
    const home = new SessionHome();
    const secretsFile = join(outside, 'secrets.json');
    const looks: Buffer[] = [];
    const timer = setInterval(() => looks.push(processTexts()), 50);
    const run = await home.run(kind, 'keys-life-child.ts', [home.folder, secretsFile]);
    clearInterval(timer);
    expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({ code: 0, stderr: '' });
    const secrets = JSON.parse(readFileSync(secretsFile, 'utf8')) as Record<string, string>;
    const names = Object.keys(secrets);
    expect(names.filter((each) => each.startsWith('machine key'))).toHaveLength(machineKeys);
    expect(names).toEqual(
      expect.arrayContaining(['passphrase', 'first recovery code', 'second recovery code']),
    );
    const { found, seen } = findSecretsBelow(home.folder, secrets);
    expect(found).toEqual([]);
    expect(seen).toBeGreaterThan(8);
    expect(findSecrets(run.stdout + run.stderr, secrets)).toEqual([]);
    expect(run.stdout.match(/\[secret\]/g)!.length).toBeGreaterThan(4);
    expect(run.stderr).toContain('repository.tooManyKeys');
    expect(looks.some((look) => look.includes('keys-life-child.ts'))).toBe(true);
    expect(looks.flatMap((look) => findSecrets(look, secrets))).toEqual([]);
    home.remove();
  });
}

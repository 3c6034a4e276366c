/** A place on a server that asks who is there: the window asks the person, and a plan goes there and comes back. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { NO_CHROMIUM } from '#test/support/chromium.ts';
import { NO_REST_SERVER, restServerProgram } from '#test/support/place-programs.ts';
import { startRestServer, type RestServerProcess } from '#test/support/rest-server.ts';
import { findSecretsBelow } from '#test/support/find-text.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';
import { findAxeFaults } from '../support/find-axe-faults.ts';
import { WindowWorld } from '../support/window-world.ts';

const PASSWORD = 'not in any file';
const noSsh = NO_CHROMIUM === '' ? sftpServerObstacle() : undefined;
const sshObstacle = noSsh === undefined ? NO_CHROMIUM : ` (SKIPPED: ${noSsh})`;
const program = restServerProgram();
const obstacle = NO_CHROMIUM === '' && program === undefined ? ` (SKIPPED: ${NO_REST_SERVER})` : NO_CHROMIUM;

describe.skipIf(obstacle !== '')(`a place on a server${obstacle}`, () => {
  const world = new WindowWorld();
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-far-place-'));
  let server: RestServerProcess;
  let page: Page;

  beforeAll(async () => {
    const users = path.join(folder, 'users');
    const hash = createHash('sha1').update(PASSWORD).digest('base64');
    writeFileSync(users, `ann:{SHA}${hash}\n`);
    server = await startRestServer(program!, { args: ['--htpasswd-file', users, '--private-repos'] });
    await world.start();
    world.write('Documents/letter.txt', 'a letter');
    page = await world.open({ route: '/places/new', reducedMotion: 'reduce' });
  });
  afterAll(async () => {
    await world.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('who is not let in is told so, logs in, and makes a backup place of it', async () => {
    const location = `rest:http://127.0.0.1:${String(server.port)}/ann/`;
    await page.getByLabel('Folder or address').fill(location);
    await page.getByText('It does not let you in').waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await page.getByLabel('User name').fill('ann');
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Make it a backup place' }).click();
    await page.waitForURL(/#\/places\/[^/]+\/kit$/);
    const { places } = await world.core.mirror();
    expect(places).toMatchObject([{ location, kind: 'rest', presence: 'present' }]);
  });

  test('a version goes there and comes back, and the password is in no file', async () => {
    const [place] = (await world.core.mirror()).places;
    const planId = await world.core.addPlan([world.at('Documents')], [place!.id], { name: 'Letters' });
    await world.backUp(planId, place!.id);
    expect(readdirSync(path.join(server.folder, 'ann', 'snapshots')).length).toBeGreaterThan(0);
    const { found, seen } = findSecretsBelow(world.core.at(), { password: PASSWORD });
    expect(found).toEqual([]);
    expect(seen).toBeGreaterThan(3);
  });

  test('a computer that knows nothing logs in to it and gets everything back', async () => {
    const [place] = (await world.core.mirror()).places;
    const { recoveryCode } = await world.core.calls['places.renewRecovery']({ placeId: place!.id as never });
    await world.core.run({ kind: 'saveSettings', placeId: place!.id as never });
    const bare = new WindowWorld();
    await bare.start();
    try {
      const recover = await bare.open({ route: '/recover', reducedMotion: 'reduce' });
      await recover.getByRole('button', { name: 'Type an address' }).click();
      await recover.getByLabel('Address from the recovery kit').fill(place!.location);
      await recover.getByRole('button', { name: 'Use it' }).click();
      await recover.getByText('It does not let you in').waitFor();
      await recover.getByLabel('User name').fill('ann');
      await recover.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
      expect(await findAxeFaults(recover)).toEqual([]);
      await recover.getByRole('button', { name: 'Log in' }).click();
      await recover.getByLabel('Recovery code or passphrase').fill(recoveryCode!);
      await recover.getByRole('button', { name: 'Open', exact: true }).click();
      await recover.getByRole('heading', { name: 'What is there' }).waitFor();
      await recover.getByText('Protects Letters').first().waitFor();
      expect(bare.complaints).toEqual([]);
    } finally {
      await bare.close();
    }
  });

  test('the first run of a new computer can go to a server', async () => {
    const bare = new WindowWorld();
    await bare.start();
    bare.write('Documents/letter.txt', 'a letter');
    vi.stubEnv('HOME', bare.at());
    try {
      const first = await bare.open({ reducedMotion: 'reduce' });
      await first.getByRole('button', { name: 'New here' }).click();
      await first.getByRole('button', { name: 'Go on' }).click();
      await first.getByRole('button', { name: 'A server or a cloud storage' }).click();
      await first.getByLabel('Its address').fill(`rest:http://127.0.0.1:${String(server.port)}/ann/second/`);
      await first.getByLabel('User name').fill('ann');
      await first.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
      expect(await findAxeFaults(first)).toEqual([]);
      await first.getByRole('button', { name: 'Log in' }).click();
      await first.getByRole('button', { name: 'Start protecting' }).click();
      await first.getByRole('heading', { name: /^Safe/ }).waitFor();
      expect((await bare.core.mirror()).places).toMatchObject([{ kind: 'rest' }]);
      expect(bare.complaints).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      await bare.close();
    }
  });

  test('nothing was complained about', () => {
    expect(world.complaints).toEqual([]);
  });
});

describe.skipIf(NO_CHROMIUM !== '')(`a cloud storage that wants more than an address${NO_CHROMIUM}`, () => {
  const world = new WindowWorld();
  /** As requests are signed. */
  const regions = new Set<string>();
  const paths = new Set<string>();
  const server = createServer(({ headers, url = '' }, response) => {
    const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    regions.add(region);
    paths.add(new URL(url, 'http://x').pathname);
    response.writeHead(404, { 'content-type': 'application/xml' });
    response.end('<Error><Code>NoSuchBucket</Code></Error>');
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await world.start();
  });
  afterAll(async () => {
    await world.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('region and style of addresses are set in the fold, and the storage is asked accordingly', async () => {
    const page = await world.open({ route: '/places/new', reducedMotion: 'reduce' });
    const { port } = server.address() as AddressInfo;
    await page.getByLabel('Folder or address').fill(`s3:http://127.0.0.1:${String(port)}/letters`);
    await page.getByLabel('Access key').fill('AKANN');
    await page.getByRole('textbox', { name: 'Secret key' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect.poll(() => [...regions], { timeout: 10_000 }).toContain('us-east-1');
    await page.getByText('More about this storage').click();
    await page.getByLabel('Region').fill('mond-1');
    await expect.poll(() => [...regions], { timeout: 10_000 }).toContain('mond-1');
    expect([...paths].every((name) => name.startsWith('/letters'))).toBe(true);
    await page.getByLabel('Storage class').fill('COLD ONE');
    expect(await page.getByLabel('Storage class').inputValue()).toBe('COLDONE');
    expect(await findAxeFaults(page)).toEqual([]);
    expect(world.complaints).toEqual([]);
  });
});

describe.skipIf(sshObstacle !== '')(`a place on an SSH server that is not known yet${sshObstacle}`, () => {
  const world = new WindowWorld();
  const { HOME, XDG_STATE_HOME } = process.env;
  let server: SftpServer;

  beforeAll(async () => {
    server = await startSftpServer();
    writeFileSync(server.knownHostsFile, '');
    // The core takes ssh's keys from the home folder, and notes servers below the state folder.
    Object.assign(process.env, { HOME: server.home, XDG_STATE_HOME: path.join(server.folder, 'state') });
    await world.start();
  });
  afterAll(async () => {
    await world.close();
    Object.assign(process.env, { HOME });
    if (XDG_STATE_HOME === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = XDG_STATE_HOME;
    await server.close();
  });

  test('shows its key, is trusted by a button, and is known from then on', async () => {
    const page = await world.open({ route: '/places/new', reducedMotion: 'reduce' });
    const folder = path.join(server.data, 'copies');
    const location = `sftp://${server.user}@127.0.0.1:${String(server.port)}/${folder}`;
    await page.getByLabel('Folder or address').fill(location);
    await page.getByText(server.fingerprint()).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    expect(server.log()).not.toContain('Accepted');
    await page.getByRole('button', { name: 'Trust this server' }).click();
    await page.getByRole('button', { name: 'Make it a backup place' }).click();
    await page.waitForURL(/#\/places\/[^/]+\/kit$/);
    expect(readFileSync(path.join(server.folder, 'state', 'tidemark', 'known_hosts'), 'utf8')).toBe(
      server.knownHostsLine(),
    );
    expect(readdirSync(folder)).toContain('config');
    expect(world.complaints).toEqual([]);
  });
});

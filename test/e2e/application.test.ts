/** The application as it is built, with its real core: starts, keeps what it was told, gives its profile to one only. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { StateFile } from '#services/state/state-file.ts';
import { plan } from '#test/support/mirror-parts.ts';
import { callCore } from './support/call-core.ts';
import { isHost, launch, startAlone, until } from './support/launch.ts';
import { ROOT } from './support/target.ts';

const BACKUP_LIMIT_MS = 20_000;

const profile = mkdtempSync(path.join(tmpdir(), 'tidemark-application-'));
afterAll(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));

test('a new profile says that nothing is protected yet; a plan is there after a restart', async () => {
  const first = await launch({ profile });
  try {
    const page = await first.window;
    await page.getByRole('heading', { name: 'New here, or getting things back?' }).waitFor();
    expect(await page.getByRole('button', { name: 'Back up now' }).count()).toBe(0);
    await until('the tray says so too', async () =>
      (await first.trayLabels()).includes('No folder is protected yet.'),
    );
    const {
      id: _id,
      pause: _pause,
      createdAtMs: _created,
      changedAtMs: _changed,
      ...choices
    } = plan('', 'Letters', [profile], []);
    await callCore(page, 'plans.put', { id: null, choices });
    await page.getByRole('article', { name: 'Letters' }).waitFor();
  } finally {
    await first.close();
  }

  const second = await launch({ profile });
  try {
    const page = await second.window;
    await page.getByRole('article', { name: 'Letters' }).waitFor();
    const refusal = await callCore(page, 'plans.put', { id: null, choices: {} }).catch(String);
    expect(refusal).toContain('request.invalidInput');
  } finally {
    await second.close();
  }
});

test('a place is made, its first version by itself, the second from the tray', async () => {
  const source = path.join(profile, 'letters');
  const place = path.join(profile, 'place');
  mkdirSync(source);
  mkdirSync(place);
  writeFileSync(path.join(source, 'letter.txt'), 'Dear grandmother,\n');
  const running = await launch({ profile: mkdtempSync(path.join(profile, 'own-')) });
  try {
    const page = await running.window;
    await page.getByRole('heading', { name: 'New here, or getting things back?' }).waitFor();
    const made = (await callCore(page, 'places.create', { name: 'Blue drive', location: place })) as {
      placeId: string;
    };
    await callCore(page, 'plans.put', {
      id: null,
      choices: choicesOf(plan('', 'Letters', [source], [made.placeId])),
    });
    const versions = (): number => readdirSync(path.join(place, 'snapshots')).length;
    const letters = page.getByRole('article', { name: 'Letters' });
    await letters.getByText(/^just now|minutes? ago/).waitFor();
    const first = versions();
    expect(first).toBeGreaterThan(0);

    writeFileSync(path.join(source, 'second letter.txt'), 'Dear grandfather,\n');
    const canBackUp = async (): Promise<boolean> =>
      (await running.trayEntries()).some(({ id, isEnabled }) => id === 'back-up' && isEnabled);
    await until('nothing is under way', canBackUp, BACKUP_LIMIT_MS);
    await running.clickTray('back-up');
    await until('there is another version', () => versions() > first, BACKUP_LIMIT_MS);
  } finally {
    await running.close();
  }
});

// A real dialog would wait for somebody to click.
test.runIf(isHost)('a profile that another program holds: a sentence, and nothing is touched', async () => {
  const state = await StateFile.open({ folder: profile, clock: systemClock, onSaveFailed: () => undefined });
  try {
    const { code, output } = await startAlone(ROOT, profile);
    expect(output).toMatch(/\[dialog\] Tidemark cannot start: /);
    expect(output).not.toContain('Something inside Tidemark went wrong');
    expect(code).toBe(1);
  } finally {
    await state.close();
  }
});

test('with --cli it is the command line, and opens no window', async () => {
  const { code, output } = await startAlone(ROOT, profile, ['--cli', 'version']);
  expect(output).toMatch(/tidemark \d+\.\d+\.\d+/i);
  expect(output).not.toContain('DevTools');
  expect(code).toBe(0);
});

/** What a person decides about a plan. */
function choicesOf(made: ReturnType<typeof plan>): object {
  const { id: _id, pause: _pause, createdAtMs: _created, changedAtMs: _changed, ...choices } = made;
  return choices;
}

/** What the tray shows, from states of the mirror. */
import { describe, expect, test } from 'vitest';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import { pauseEndMs, trayMenu, type TrayItem } from '#hosts/electron/tray-menu.ts';
import { progressOf, trayIconFile, trayPictures, trayStateOf } from '#hosts/electron/tray-state.ts';
import { lateParts, runningJob, wellProtected } from '#test/support/mirror-parts.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const well = wellProtected(NOW_MS) as unknown as MirrorParts;
const late = { ...well, ...(lateParts(NOW_MS) as unknown as Partial<MirrorParts>) };
const job = (bytesDone: number, totalBytes: number | null) =>
  runningJob(NOW_MS, bytesDone, totalBytes) as unknown as MirrorParts['jobs'][number];
const pause = { sinceMs: NOW_MS, untilMs: NOW_MS + 3_600_000 };
const nothing: MirrorParts = {
  ...well,
  plans: [],
  places: [],
  health: { ...well.health, copies: [] },
  next: [],
};

describe('state of the icon', () => {
  test.each<[string, MirrorParts, string]>([
    ['all well', well, 'idle'],
    ['nothing set up yet', { ...nothing, health: { ...nothing.health, state: 'inDanger' } }, 'idle'],
    ['exceptions are no alarm', { ...well, health: { ...well.health, state: 'protectedExcept' } }, 'idle'],
    ['nobody can tell', { ...well, health: { ...well.health, state: 'cannotTell' } }, 'attention'],
    ['late', late, 'attention'],
    ['late while paused', { ...late, pause }, 'attention'],
    ['paused', { ...well, pause }, 'paused'],
    ['running', { ...late, pause, jobs: [job(1, 2)] }, 'running'],
    ['waiting is not running', { ...well, jobs: [{ ...job(1, 2), state: 'queued' }] }, 'idle'],
  ])('%s', (_what, mirror, state) => {
    expect(trayStateOf(mirror)).toBe(state);
  });

  test('every picture is there for every system', () => {
    const folder = path.resolve(import.meta.dirname, '../../../../assets/icons/tray');
    for (const state of ['idle', 'running', 'attention', 'paused'] as const) {
      for (const picture of trayPictures(state)) {
        for (const platform of ['linux', 'darwin', 'win32'] as const) {
          expect(existsSync(path.join(folder, trayIconFile(picture, platform))), picture).toBe(true);
        }
        expect(existsSync(path.join(folder, `${picture}Template@2x.png`)), picture).toBe(true);
      }
    }
  });
});

describe('progress', () => {
  test.each<[string, MirrorParts, number]>([
    ['nothing runs', well, -1],
    ['by size', { ...well, jobs: [job(25, 100)] }, 0.25],
    ['more than was counted', { ...well, jobs: [job(300, 100)] }, 1],
    ['nobody knows', { ...well, jobs: [job(25, null)] }, 2],
    ['not even begun', { ...well, jobs: [{ ...job(0, 0), progress: null }] }, 2],
  ])('%s', (_what, mirror, value) => {
    expect(progressOf(mirror)).toBe(value);
  });

  test('by files where sizes are unknown', () => {
    const { progress, ...rest } = job(0, null);
    if (progress === null) throw new Error('the job has no progress');
    const jobs = [{ ...rest, progress: { ...progress, filesDone: 3, totalFiles: 4 } }];
    expect(progressOf({ ...well, jobs })).toBe(0.75);
  });
});

describe('menu', () => {
  const label = (mirror: MirrorParts, id: string): string | undefined => {
    const item = find(trayMenu(mirror, NOW_MS, 'en'), id);
    return item === undefined || item.kind === 'separator' ? undefined : item.label;
  };

  test('nothing is set up: backing up and pausing cannot be chosen', () => {
    expect(label(nothing, 'state')).toBe('No folder is protected yet.');
    expect(label(nothing, 'last')).toBe('No backup yet');
    expect(label(nothing, 'next')).toBe('No backup is planned');
    for (const id of ['back-up', 'pause:hour', 'pause:tomorrow']) {
      expect(find(trayMenu(nothing, NOW_MS, 'en'), id), id).toMatchObject({ isEnabled: false });
    }
  });

  test('one plan needs no list of plans; one that is off is not offered', () => {
    const [first, second] = well.plans;
    if (first === undefined || second === undefined) throw new Error('two plans are needed');
    const mirror = { ...well, plans: [first, { ...second, isOn: false }] };
    expect(find(trayMenu(mirror, NOW_MS, 'en'), 'back-up-one')).toBeUndefined();
    expect(find(trayMenu(mirror, NOW_MS, 'en'), 'back-up')).toMatchObject({ isEnabled: true });
    const off = { ...well, plans: [{ ...first, isOn: false }] };
    expect(find(trayMenu(off, NOW_MS, 'en'), 'back-up')).toMatchObject({ isEnabled: false });
  });

  test('while paused it offers to go on, and says until when', () => {
    const mirror = { ...well, pause };
    expect(label(mirror, 'state')).toBe('Paused until 15:00');
    expect(label(mirror, 'go-on')).toBe('Go on with backups');
    expect(find(trayMenu(mirror, NOW_MS, 'en'), 'pause')).toBeUndefined();
  });

  test('in German when the window is', () => {
    const labels = trayMenu({ ...well, pause }, NOW_MS, 'de').flatMap((item) =>
      item.kind === 'separator' ? [] : [item.label],
    );
    expect(labels).toEqual([
      'Tidemark öffnen',
      'Pause bis 15:00',
      'Letzte Sicherung: vor 4 Minuten',
      expect.stringMatching(/^Nächste Sicherung: /),
      'Jetzt sichern',
      'Einen davon sichern',
      'Mit Sicherungen weitermachen',
      'Etwas zurückholen …',
      'Tidemark beenden',
    ]);
  });

  test('what waits says for what', () => {
    const next = well.next.map((run) => ({ ...run, atMs: null, wait: 'placeAway' }));
    expect(label({ ...well, next }, 'next')).toBe('Next backup: waits for the backup place to come back');
  });
});

describe('pausing', () => {
  test('an hour counts from the click', () => {
    expect(pauseEndMs('hour', NOW_MS)).toBe(NOW_MS + 3_600_000);
  });

  test('until tomorrow is the next morning, also at night', () => {
    const morning = new Date(2026, 10, 29, 6, 0).getTime();
    expect(pauseEndMs('tomorrow', NOW_MS)).toBe(morning);
    expect(pauseEndMs('tomorrow', new Date(2026, 10, 28, 0, 30).getTime())).toBe(morning);
    expect(pauseEndMs('tomorrow', new Date(2026, 11, 31, 23, 59).getTime())).toBe(
      new Date(2027, 0, 1, 6, 0).getTime(),
    );
  });
});

function find(items: readonly TrayItem[], id: string): TrayItem | undefined {
  for (const item of items) {
    if (item.kind === 'separator') continue;
    if (item.id === id) return item;
    const inner = item.kind === 'menu' ? find(item.items, id) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

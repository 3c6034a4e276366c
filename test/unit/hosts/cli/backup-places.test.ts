import { expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { parseSnapshot } from '#format/snapshot.ts';
import type { BackupResult } from '#hosts/cli/calls/backup.ts';
import { runCli } from '#test/support/cli-run.ts';

const ID = 'f48838c7785629e7a39dfc20caab69b2d4afe89bc3769955d54443c6498e4805';
const SNAPSHOT = parseSnapshot(
  Buffer.from(
    `{"time":"2026-11-22T10:04:43Z","tree":"${ID}","paths":["/t"],"hostname":"vm","username":"root"}`,
  ),
);
const PLACES = ['good', 'full'].flatMap((name) => ['-r', `rest:https://ann:hush@${name}.example/`]);

test.each([[[]], [['--json']]])('a password in an address is never shown (%j)', async (more) => {
  const { stdout, stderr } = await runCli([...more, '-r', '/first', ...PLACES, 'backup', '/t'], {
    engine: {
      backup: () =>
        Promise.resolve({
          snapshotId: ID,
          summary: {},
          problems: 0,
          diskProblems: 0,
          seconds: 1,
        } as BackupResult),
      snapshots: () => Promise.resolve([{ id: ID, snapshot: SNAPSHOT }]),
      copy: (access, _input, handlers) => {
        if (access.location.includes('full'))
          throw new TidemarkError('storage.full', { location: 'there', outOfInodes: false });
        handlers.onCopied({ id: ID, snapshot: SNAPSHOT }, ID);
        return Promise.resolve({ copied: 1, skipped: 0, problems: 0, blobs: 1, bytes: 1 });
      },
    },
  });
  expect(`${stdout}${stderr}`).toContain('good.example');
  expect(`${stdout}${stderr}`).toContain('full.example');
  expect(`${stdout}${stderr}`).not.toContain('hush');
});

test('a place on a disk takes the backup before one behind a network, whatever is named first', async () => {
  const order: string[] = [];
  const saved = { snapshotId: ID, summary: {}, problems: 0, diskProblems: 0, seconds: 1 } as BackupResult;
  await runCli([...PLACES.slice(0, 2), '-r', '/near', '-r', '/other', 'backup', '/t'], {
    engine: {
      backup: ({ location }) => {
        order.push(`backup ${location}`);
        return Promise.resolve(saved);
      },
      snapshots: () => Promise.resolve([{ id: ID, snapshot: SNAPSHOT }]),
      copy: ({ location }, { from }) => {
        order.push(`copy ${from.location} to ${location}`);
        return Promise.resolve({ copied: 1, skipped: 0, problems: 0, blobs: 1, bytes: 1 });
      },
    },
  });
  expect(order[0]).toBe('backup /near');
  expect(order.slice(1).toSorted()).toEqual([
    'copy /near to /other',
    'copy /near to rest:https://ann:hush@good.example/',
  ]);
});

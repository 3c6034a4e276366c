/** The list of changed paths as a script gives it, and what is said of it afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackupInput, BackupResult, ChangedPathsOutcome } from '#hosts/cli/calls/backup.ts';
import { runCli } from '#test/support/cli-run.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-changed-paths-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function listOf(content: string): string {
  const file = join(folder, 'list');
  writeFileSync(file, content, 'latin1');
  return file;
}

async function run(args: readonly string[], changedPaths?: ChangedPathsOutcome) {
  let input: BackupInput | undefined;
  const result = {
    parentId: 'abcdef0123',
    snapshotId: '0123456789',
    ...(changedPaths === undefined ? {} : { changedPaths }),
    summary: { totalFilesProcessed: 3, totalBytesProcessed: 2048 },
    problems: 0,
    seconds: 0.5,
  } as BackupResult;
  const engine = {
    backup: (_access: unknown, given: BackupInput) => {
      input = given;
      return Promise.resolve(result);
    },
  };
  return { ...(await runCli(['backup', 'a', ...args], { engine })), input };
}

it.each([
  ['one a line', 'a\n b\nc d\n\n#e', ['a', ' b', 'c d', '#e']],
  ['a NUL between any names', 'a\nb\0c\0', ['a\nb', 'c']],
  ['bytes that are no text', '\xff\n\xe4', ['\xff', '\xe4']],
  ['none', '', []],
])('is read: %s', async (_name, content, expected) => {
  const { input } = await run(['--changed-paths-from', listOf(content)]);
  expect(input?.changedPaths).toEqual(expected);
});

it('is not there, or contradicts', async () => {
  const missing = await run(['--changed-paths-from', join(folder, 'missing')]);
  expect(missing).toMatchObject({ code: 1, input: undefined });
  expect(missing.stderr).toContain('missing cannot be read');
  const both = await run(['--force', '--changed-paths-from', listOf('a')]);
  expect(both).toMatchObject({ code: 1, input: undefined });
});

it('is told of: followed, or why not', async () => {
  const followed = { kind: 'followed', pathCount: 2, outsideCount: 1 } as const;
  const list = ['--changed-paths-from', listOf('a\nb')];
  expect((await run(list, followed)).stdout).toContain(
    'Looked only at 2 changed paths (1 outside what is saved), in 0:00; all else is taken from snapshot abcdef01.\nThat makes 3 files, 2.0 KiB.\n',
  );
  expect((await run([...list, '--json'], followed)).stdout).toContain(
    '"changed_paths":{"followed":true,"given":2,"outside":1}}\n',
  );
  const walked = { kind: 'walked', reason: 'noParent' } as const;
  expect((await run(list, walked)).stdout).toContain(
    'The list of changed paths was not used: there is no earlier snapshot of these folders to take the rest from.\nLooked at 3 files',
  );
  expect((await run([...list, '--json'], walked)).stdout).toContain(
    '"changed_paths":{"followed":false,"reason":"noParent"}}\n',
  );
  expect((await run([])).stdout).toContain('Looked at 3 files');
});

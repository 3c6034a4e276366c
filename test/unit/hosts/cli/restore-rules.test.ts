/** What `restore` makes of its rules for what is in the way, and what `undo` says. */
import { describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { RestoreInput, RestoreResult } from '#hosts/cli/calls/restore.ts';
import type { UndoInput, UndoneRestore } from '#hosts/cli/calls/undo.ts';
import { runCli, type CliRun } from '#test/support/cli-run.ts';

const b = textToByteString;
const ID = 'f48838c7'.repeat(8);
const UNDO_ID = '20261122-140502-1a2b3c4d';
const RESULT: RestoreResult = {
  progress: {
    totalFiles: 5,
    filesRestored: 3,
    filesSkipped: 2,
    totalBytes: 4,
    bytesRestored: 4,
    bytesSkipped: 0,
  },
  snapshotId: ID,
  target: b('/home/me/My files'),
  undoId: UNDO_ID,
  filesUpdated: 2,
  filesRemoved: 1,
  problems: 0,
  warnings: 0,
  seconds: 2,
};

async function restore(
  args: readonly string[],
  result: Partial<RestoreResult> = {},
): Promise<CliRun & { input: RestoreInput | undefined }> {
  let input: RestoreInput | undefined;
  const engine = {
    restore: (_access: unknown, given: RestoreInput, handlers: { onItem(item: object): void }) => {
      input = given;
      const item = { path: b('/x'), isDir: false, sizeBytes: 4 };
      for (const action of ['updated', 'unchanged', 'deleted'] as const) handlers.onItem({ ...item, action });
      return Promise.resolve({ ...RESULT, ...result });
    },
  };
  return { ...(await runCli(['restore', 'latest', ...args], { engine })), input };
}

describe('restore', () => {
  it.each([
    [['--in-place'], { overwrite: 'replace-keep-current', removeOthers: false }],
    [['--in-place', '--delete'], { overwrite: 'exact', removeOthers: true }],
    [['--in-place', '--overwrite', 'only-missing'], { overwrite: 'only-missing', removeOthers: false }],
    [['-t', 'x', '--overwrite', 'keep-both'], { overwrite: 'keep-both', target: 'x' }],
    [['-t', 'x', '--overwrite', 'always', '--delete'], { overwrite: 'always', removeOthers: true }],
    [['-t', 'x', '--no-space-check'], { ignoreSpace: true }],
  ])('%s', async (args, expected) => {
    const { input } = await restore(args);
    expect(input).toMatchObject({ ignoreSpace: false, ...expected });
    expect(input?.target).toBe(
      (expected as { target?: string }).target ?? (args[0] === '-t' ? 'x' : undefined),
    );
  });

  it.each([
    [[], '--in-place'],
    [['--in-place', '-t', 'x'], 'both --target and --in-place'],
    [['--in-place', '--overwrite', 'maybe'], 'replace-keep-current'],
  ])('a wrong call: %s', async (args, told) => {
    const { code, stderr, input } = await restore(args);
    expect(code).toBe(1);
    expect(stderr).toContain(told);
    expect(input).toBeUndefined();
  });

  it('says what it did and how to take it back, in a line that a shell understands', async () => {
    const { stdout } = await restore(['--in-place']);
    expect(stdout).toContain(
      '2 of them in the place of another. 1 that the snapshot does not have was taken away',
    );
    expect(stdout).toContain(`tidemark undo --target '/home/me/My files' ${UNDO_ID}`);
    expect(stdout).not.toContain('/x');
  });

  it('says how to take it back also when it was stopped on the way', async () => {
    const { code, stderr } = await runCli(['restore', 'latest', '--in-place'], {
      engine: {
        restore: (_access, _input, handlers) => {
          handlers.onUndoable(b('/home/me'), UNDO_ID);
          return Promise.reject(new TidemarkError('files.noSpace', { path: '/home/me/x' }));
        },
      },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`tidemark undo --target /home/me ${UNDO_ID}`);
    expect(stderr).toContain('not enough room');
  });

  it('a dry run names what would change, and the room', async () => {
    const room = { neededBytes: 1024, freeBytes: 4096 };
    const { undoId: _none, ...plan } = RESULT;
    const { stdout } = await restore(['--in-place', '-n'], { ...plan, room });
    expect(stdout).toContain('updated   /x\ndeleted   /x\n');
    expect(stdout).not.toContain('unchanged');
    expect(stdout).toContain('Nothing was written.');
    expect(stdout).toContain('Space needed: 1.0 KiB of 4.0 KiB free.');
    const json = await restore(['--in-place', '-n', '--json'], { ...plan, room });
    const lines = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ action }) => action)).toEqual(['updated', 'deleted', undefined]);
    expect(lines[2]).toMatchObject({ files_deleted: 1, bytes_needed: 1024, bytes_free: 4096 });
  });
});

describe('undo', () => {
  const UNDONE: UndoneRestore = {
    id: UNDO_ID,
    folder: b('/home/me'),
    counts: { returned: 2, removed: 1, copied: 1, stayed: 0 },
    problems: 0,
    isComplete: true,
  };

  async function undo(
    args: readonly string[],
    result: Partial<UndoneRestore> = {},
  ): Promise<CliRun & { input: UndoInput | undefined }> {
    let input: UndoInput | undefined;
    const engine = {
      undo: (
        given: UndoInput,
        handlers: { onItem(item: object): void; onProblem(problem: object): void },
      ) => {
        input = given;
        handlers.onItem({ path: b('/r'), action: 'copied', copy: b('/r (changed)') });
        if (result.problems === 1) handlers.onProblem({ path: b('/p'), reason: 'it is in use' });
        return Promise.resolve({ ...UNDONE, ...result });
      },
      listUndo: () =>
        Promise.resolve({
          folder: b('/home/me'),
          restores: [
            {
              id: UNDO_ID,
              state: 'interrupted' as const,
              snapshotId: ID,
              rule: 'exact',
              startedAtMs: 0,
              expiresAtMs: 2_592_000_000,
            },
          ],
        }),
    };
    return { ...(await runCli(['undo', ...args], { engine, env: { TIDEMARK_REPOSITORY: '' } })), input };
  }

  it('needs no repository, and says what became of what was changed since', async () => {
    const { code, stdout, input } = await undo(['2026', '-t', '/home/me', '--force']);
    expect(code).toBe(0);
    expect(input).toEqual({ folder: '/home/me', id: '2026', force: true });
    expect(stdout).toContain('You changed /r since: your version is now /r (changed)');
    expect(stdout).toContain(`Took the restore ${UNDO_ID} into /home/me back`);
  });
  it('takes the newest in the present folder', async () => {
    expect((await undo([])).input).toEqual({ folder: '.', force: false });
  });
  it('fails when something is left, in both languages', async () => {
    const left = { problems: 1, isComplete: false };
    const { code, stderr } = await undo([], left);
    expect(code).toBe(1);
    expect(stderr).toContain('Not put back: /p (it is in use)');
    expect(stderr).toContain('run the same command again');
    const json = await undo(['--json'], left);
    expect(JSON.parse(json.stdout)).toMatchObject({ undo_id: UNDO_ID, files_returned: 2, complete: false });
    expect(json.stderr).toContain('"message_type":"exit_error"');
  });
  it('lists', async () => {
    const { stdout } = await undo(['--list']);
    expect(stdout).toContain(UNDO_ID);
    expect(stdout).toContain('was interrupted');
    const json = await undo(['--list', '--json']);
    expect(JSON.parse(json.stdout)).toEqual([
      expect.objectContaining({
        undo_id: UNDO_ID,
        state: 'interrupted',
        expires: '1970-01-31T00:00:00.000Z',
      }),
    ]);
  });
});

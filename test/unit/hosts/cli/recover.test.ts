/** The command `recover`, with an engine of the test's own: options to requests, findings to lines. */
import { expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { LostTree, RecoverInput } from '#hosts/cli/calls/recover.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import { runCli } from '#test/support/cli-run.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const WHOLE: LostTree = {
  treeId: A,
  topNames: [textToByteString('ho\x07me')],
  topCount: 1,
  files: 2,
  folders: 1,
  bytes: 2048,
  newest: '2026-01-02T03:04:05Z',
  lostFiles: 0,
  lostFolders: 0,
};
const PARTIAL: LostTree = {
  ...WHOLE,
  treeId: B,
  newest: undefined as never,
  topCount: 3,
  lostFiles: 1,
  lostFolders: 2,
};

const inputs: RecoverInput[] = [];
function engineFinding(trees: readonly LostTree[], unreadable = 0): Partial<EngineCalls> {
  return {
    recover: async (_access, input, handlers) => {
      inputs.push(input);
      for (const tree of trees) handlers.onFound(tree);
      if (!input.dryRun && trees.length > 0)
        handlers.onRecovered(
          'c'.repeat(64),
          trees.map(({ treeId }) => treeId),
        );
      return { found: trees.length, trees: 7, unreadable };
    },
  };
}

it('tells what there is and what was saved', async () => {
  const { code, stdout, stderr } = await runCli(['recover'], { engine: engineFinding([WHOLE, PARTIAL]) });
  expect(inputs.at(-1)).toEqual({ trees: [], each: false, dryRun: false });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.replace(/change 2026.*?: /, 'change then: ')).toBe(
    'Lost tree aaaaaaaa, newest change then: 2 files in 1 folder, 2.0 KiB\n' +
      '  at the top: ho\\x07me\n' +
      'Lost tree bbbbbbbb, of unknown time: 2 files in 1 folder, 2.0 KiB\n' +
      '  at the top: ho\\x07me, ...\n' +
      '  not all of it is there any more: 1 file and 2 folders not whole\n' +
      'Saved snapshot cccccccc with aaaaaaaa, bbbbbbbb.\n',
  );
});

it('hands its options on, and says when nothing was to be done', async () => {
  const args = ['recover', '-n', '--each', '--host', 'h', 'aaaa', B];
  const dry = await runCli(args, { engine: engineFinding([WHOLE]) });
  expect(inputs.at(-1)).toEqual({ trees: ['aaaa', B], each: true, dryRun: true, hostname: 'h' });
  expect(dry.stdout).toContain('Found 1 lost tree. Nothing was saved.\n');
  const { stdout } = await runCli(['recover'], { engine: engineFinding([]) });
  expect(stdout).toBe('Looked at 7 stored folders: every one belongs to a snapshot.\n');
});

it('as JSON', async () => {
  const { stdout } = await runCli(['recover', '--json'], { engine: engineFinding([WHOLE]) });
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    {
      message_type: 'lost_tree',
      tree_id: A,
      newest: '2026-01-02T03:04:05Z',
      total_files: 2,
      total_dirs: 1,
      total_bytes: 2048,
      top_names: ['ho\x07me'],
      top_count: 1,
      damaged_files: 0,
      damaged_dirs: 0,
    },
    { message_type: 'recovered', snapshot_id: 'c'.repeat(64), tree_ids: [A] },
    { message_type: 'summary', found_trees: 1, trees_checked: 7, unreadable_trees: 0 },
  ]);
});

it('fails when not everything could be looked at', async () => {
  const { code, stderr } = await runCli(['recover'], { engine: engineFinding([WHOLE], 2) });
  expect([code, stderr]).toEqual([
    1,
    '2 stored folders could not be read, so something may be missing: run "tidemark check --read-data".\n',
  ]);
});

it('explains itself', async () => {
  const { code, stdout } = await runCli(['recover', '--help'], { env: { TIDEMARK_PASSWORD: '' } });
  expect([code, stdout]).toEqual([0, expect.stringContaining('recover --dry-run')]);
  expect(stdout).toContain('before a prune');
});

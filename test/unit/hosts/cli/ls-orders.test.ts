import { describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { parseSnapshot } from '#format/snapshot.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import { runCli } from '#test/support/cli-run.ts';

const b = textToByteString;
const TREE = 'ab'.repeat(32);
const LISTED = {
  id: 'cd'.repeat(32),
  snapshot: parseSnapshot(
    Buffer.from(`{"time":"2026-11-22T13:38:27Z","tree":"${TREE}","paths":["/t"],"hostname":"vm"}`),
  ),
};

function node(name: string, type: NodeType, mode: number, changes: Partial<TreeNode> = {}): TreeNode {
  const time = '2026-11-22T13:38:27Z';
  const times = { mtime: time, atime: time, ctime: time };
  const base = { uid: 0, gid: 0, inode: 7n, deviceId: 1n, size: 0n, links: 0, device: 0n, content: null };
  return { ...base, ...times, name: b(name), type, mode, ...changes };
}

const DIR = 2_147_483_648 + 0o755;
/** In tree order: `d` and `d/e` are folders, `d/e` is empty. */
const ENTRIES: readonly (readonly [string, TreeNode])[] = [
  ['/t', node('t', 'dir', DIR)],
  ['/t/d', node('d', 'dir', DIR + 2 ** 20 + 0o22)],
  ['/t/d/e', node('e', 'dir', DIR)],
  ['/t/d/f.b', node('f.b', 'file', 0o644, { size: 600n, mtime: '2026-11-22T13:38:27.000000002Z' })],
  ['/t/d-1.a', node('d-1.a', 'symlink', 134_218_239)],
  ['/t/z', node('z', 'file', 0o755 + 2 ** 23, { size: 1n, mtime: '1960-01-01T00:00:00Z', atime: 'no time' })],
];

const engine: Partial<EngineCalls> = {
  listEntries: async (_access, _input, handlers) => {
    handlers.onSnapshot(LISTED);
    for (const [path, entry] of ENTRIES) await handlers.onEntry(b(path), entry);
  },
};

async function ls(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['-q', 'ls', 'latest', ...args], { engine });
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trimEnd().split('\n');
}

describe('ls --sort', () => {
  // As restic 0.19.1 sorts them: equal ones by path.
  it.each([
    ['size', ['/t', '/t/d', '/t/d-1.a', '/t/d/e', '/t/z', '/t/d/f.b']],
    ['time', ['/t/z', '/t', '/t/d', '/t/d-1.a', '/t/d/e', '/t/d/f.b']],
    ['atime', ['/t/z', '/t', '/t/d', '/t/d-1.a', '/t/d/e', '/t/d/f.b']],
    ['extension', ['/t', '/t/d', '/t/d/e', '/t/z', '/t/d-1.a', '/t/d/f.b']],
    ['name', ['/t', '/t/d', '/t/d-1.a', '/t/d/e', '/t/d/f.b', '/t/z']],
  ])('%s', async (order, expected) => {
    expect(await ls('--sort', order)).toEqual(expected);
    expect(await ls('--sort', order, '--reverse')).toEqual(expected.toReversed());
  });

  it('keeps the order of trees without it', async () => {
    expect(await ls()).toEqual(ENTRIES.map(([path]) => path));
    const { code, stderr } = await runCli(['ls', 'latest', '--sort', 'colour'], { engine });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Use one of name, size') as string]);
  });
});

describe('ls --ncdu', () => {
  const info = (name: string, mode: number, more: object = {}): object => ({
    name,
    asize: 0,
    dsize: 0,
    dev: 1,
    ino: 7,
    nlink: 0,
    notreg: false,
    uid: 0,
    gid: 0,
    mode,
    mtime: 1_795_354_707,
    ...more,
  });

  it('nests folders, each beginning with itself', async () => {
    expect(JSON.parse((await ls('--ncdu')).join('\n'))).toEqual([
      1,
      2,
      { time: '2026-11-22T13:38:27Z', tree: TREE, paths: ['/t'], hostname: 'vm' },
      [
        { name: '/' },
        [
          info('t', 0o755),
          [info('d', 0o1777), [info('e', 0o755)], info('f.b', 0o644, { asize: 600, dsize: 1024 })],
          info('d-1.a', 0o777, { notreg: true }),
          info('z', 0o4755, { asize: 1, dsize: 512, mtime: 0 }),
        ],
      ],
    ]);
  });

  it.each([[['--json']], [['--sort', 'size']], [['--reverse']], [['/folder']]])(
    'not beside %j',
    async (args) => {
      const { code, stdout, stderr } = await runCli(['ls', 'latest', '--ncdu', ...args], { engine });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('--ncdu and');
    },
  );
});

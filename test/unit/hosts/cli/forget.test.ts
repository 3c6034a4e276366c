import { describe, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { parseSnapshot } from '#format/snapshot.ts';
import type { ListedSnapshot } from '#hosts/cli/calls/access.ts';
import type { ForgetHandlers, ForgetInput, ForgetPlan } from '#hosts/cli/calls/forget.ts';
import type { PruneHandlers, PruneInput } from '#hosts/cli/calls/prune.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import { runCli } from '#test/support/cli-run.ts';

const TREE = 'ab'.repeat(32);

/** A snapshot as stored, and as restic prints it with its id. */
function make(
  day: number,
  hostname = 'vm',
  tags: readonly string[] = [],
): { listed: ListedSnapshot; json: string } {
  const tagJson = tags.length === 0 ? '' : `,"tags":${JSON.stringify(tags)}`;
  const stored = `{"time":"2024-03-0${day}T10:00:00Z","tree":"${TREE}","paths":["/t"],"hostname":"${hostname}","username":"root"${tagJson}}`;
  const id = `${day}`.repeat(64);
  const json = `${stored.slice(0, -1)},"id":"${id}","short_id":"${id.slice(0, 8)}"}`;
  return { listed: { id, snapshot: parseSnapshot(Buffer.from(stored)) }, json };
}

const [one, two, three] = [make(1), make(2), make(3)] as const;

const PLAN: ForgetPlan = {
  groups: [
    {
      key: { hostname: 'vm', paths: ['/t'] },
      keep: [
        {
          listed: three.listed,
          reasons: [
            { kind: 'tags', tags: ['a', 'b'] },
            { kind: 'within', span: { years: 0, months: 0, days: 1, hours: 2 } },
            { kind: 'count', unit: 'last', isOldest: false },
          ],
        },
      ],
      spared: [],
      remove: [two.listed, one.listed],
    },
  ],
  remove: [one.listed, two.listed],
};

interface Script {
  readonly plan?: ForgetPlan;
  readonly refuses?: ListedSnapshot;
  /** Of a place that lets nothing go. */
  readonly holds?: boolean;
  readonly keptUntilMs?: number;
  /** Thrown after the first removal. */
  readonly dies?: TidemarkError;
  readonly asked?: ForgetInput[];
  readonly pruned?: PruneInput[];
}

function engine({
  plan = PLAN,
  refuses,
  holds,
  keptUntilMs,
  dies,
  asked,
  pruned,
}: Script = {}): Partial<EngineCalls> {
  return {
    forget: (_access: unknown, input: ForgetInput, handlers: ForgetHandlers) => {
      asked?.push(input);
      handlers.onPlan(plan);
      let removed = 0;
      for (const listed of input.dryRun ? [] : plan.remove) {
        if (holds === true) continue;
        if (listed === refuses) {
          handlers.onRefused(listed, 'no permission to delete there');
          continue;
        }
        handlers.onRemoved(listed, ++removed, plan.remove.length);
        if (dies !== undefined) return Promise.reject(dies);
      }
      return Promise.resolve({
        removed,
        refused: refuses === undefined || input.dryRun ? 0 : 1,
        held: holds === true ? plan.remove.length : 0,
        keptUntilMs: keptUntilMs ?? null,
      });
    },
    prune: (_access: unknown, input: PruneInput, handlers: PruneHandlers) => {
      pruned?.push(input);
      handlers.onProgress({ stage: 'index', done: 1, total: 1, bytesDone: 0, totalBytes: 0 });
      const none = { blobs: 0, bytes: 0 };
      handlers.onPlan({
        used: none,
        duplicate: none,
        unused: none,
        repack: none,
        repackRemoves: none,
        remove: none,
        unindexed: { packs: 0, bytes: 0 },
        remaining: none,
        unusedAfterBytes: 0,
        packs: { used: 0, partlyUsed: 0, unused: 0, keep: 0, repack: 0, remove: 0, missing: 0 },
      });
      const result = { removedPacks: 0, repackedPacks: 0, newPacks: 0, freedBytes: 0 };
      const kept = { removalRefused: false, keptBytes: 0, keptUntilMs: null };
      return Promise.resolve({ ...result, ...kept, postponedPacks: 0 });
    },
  };
}

describe('forget --damaged', () => {
  const forgetDamaged: EngineCalls['forgetDamaged'] = (_access, { ids }) =>
    Promise.resolve({ damaged: ids.map((id) => ({ id, reason: 'broken' })), copiesIn: '/here' });

  it('says what went, where a copy is and how to get back what it held', async () => {
    const { code, stdout } = await runCli(['forget', '--damaged', 'abcdef0123'], {
      engine: { forgetDamaged },
    });
    expect([code, stdout]).toEqual([
      0,
      'Removed the damaged snapshot file abcdef01 (broken).\nA copy is kept in /here as snapshot-ID.\n' +
        'What only these snapshots held stays in the repository until the next prune: "tidemark recover" finds it.\n',
    ]);
    const trial = await runCli(['forget', '--damaged', '-n', 'abcdef0123'], { engine: { forgetDamaged } });
    expect(trial.stdout).toMatch(/^Would remove the damaged .*\nWhat only/);
    const json = await runCli(['forget', '--damaged', '--json', 'ab'], { engine: { forgetDamaged } });
    expect(json.stdout).toBe('{"message_type":"damaged_snapshot","id":"ab","reason":"broken"}\n');
  });

  it.each([[[]], [['--prune', 'ab']]])('refuses %j', async (args) => {
    const { code, stderr } = await runCli(['forget', '--damaged', ...args], { engine: { forgetDamaged } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('This cannot be done as asked: --damaged')]);
  });
});

describe('forget', () => {
  it('prints restic JSON byte for byte', async () => {
    const { code, stdout, stderr } = await runCli(['forget', '--keep-last', '1', '--json'], {
      engine: engine(),
    });
    expect(stdout).toBe(
      `[{"tags":null,"host":"vm","paths":["/t"],"keep":[${three.json}],"remove":[${two.json},${one.json}],` +
        `"reasons":[{"snapshot":${three.json},"matches":["has tags [a, b]","within 1d2h","last snapshot"]}]}]\n`,
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  it('prints null for an empty list, as restic does, and nothing where ids were given', async () => {
    const plan = { groups: [{ key: {}, keep: [], spared: [], remove: [one.listed] }], remove: [one.listed] };
    const all = await runCli(['forget', '--json', '--unsafe-allow-remove-all', '--host', 'vm'], {
      engine: engine({ plan }),
    });
    expect(all.stdout).toBe(
      `[{"tags":null,"host":"","paths":null,"keep":null,"remove":[${one.json}],"reasons":null}]\n`,
    );
    const named = await runCli(['forget', '--json', 'latest'], {
      engine: engine({ plan: { groups: [], remove: [one.listed] } }),
    });
    expect(named.stdout).toBe('');
  });

  it('shows names, dates and reasons, oldest first', async () => {
    const { stdout } = await runCli(['forget', '--keep-last', '1', '-n'], { engine: engine() });
    expect(stdout).toMatch(
      /^Keep the last 1\.\n\nGroup: host vm, path \/t\nKeep 1 snapshot:\nID .*Reasons.*\n-+\n33333333 +2024-03-03 .*has tags \[a, b\].*\n +within 1d2h\n +last snapshot\n-+\nWould remove 2 snapshots:\n.*\n-+\n11111111 .*\n22222222 .*\n-+\n\nWould remove 2 snapshots\. Nothing was changed\.\n$/,
    );
  });

  it('says when there is nothing to decide on', async () => {
    const plan = { groups: [], remove: [] };
    const { code, stdout } = await runCli(['forget', '-l', '1', '--host', 'x'], { engine: engine({ plan }) });
    expect([code, stdout]).toEqual([0, 'No snapshot is like that.\nNothing was removed.\n']);
  });

  it('says what was removed and what frees the space', async () => {
    const { stdout } = await runCli(['forget', '--keep-last', '1', '-v'], { engine: engine() });
    expect(stdout).toMatch(
      /\nRemoved snapshot 11111111 of 2024-03-01 .*\.\nRemoved snapshot 22222222 .*\.\nRemoved 2 snapshots\. Run "tidemark prune" to free the space\.\n$/,
    );
  });

  it('shows what the brake holds back', async () => {
    const spared = [{ listed: two.listed, reason: 'shareReached' as const }];
    const group = { ...PLAN.groups[0]!, spared, remove: [one.listed] };
    const plan = { groups: [group], remove: [one.listed] };
    const asked: ForgetInput[] = [];
    const { stdout } = await runCli(['forget', '--unattended', '--keep-last', '1'], {
      engine: engine({ plan, asked }),
    });
    expect(stdout).toMatch(/Not removed this time, 1 snapshot:\n.*\n-+\n22222222 .* waits for a later run/);
    expect(stdout).toContain('Removed 1 snapshot. 1 more held back.');
    expect(asked[0]).toMatchObject({ unattended: true, groupBy: ['series'] });
    const json = await runCli(['forget', '--unattended', '--keep-last', '1', '--json'], {
      engine: engine({ plan }),
    });
    expect(json.stdout).toContain(`"matches":["waits for a later run"]`);
  });

  it('hands on what restic calls the same', async () => {
    const asked: ForgetInput[] = [];
    const args =
      '-l 1 -H 2 -d unlimited -w 4 -m 5 -y -1 --keep-within 1y2m --keep-within-weekly 3h --keep-tag';
    await runCli(
      ['forget', ...args.split(' '), 'a, b', '--host', 'h', '--tag', 'x,y', '--path', '/p', '-g', 'tags'],
      { engine: engine({ asked }) },
    );
    expect(asked).toEqual([
      {
        ids: [],
        filter: { hosts: ['h'], tagLists: [['x', 'y']], paths: ['/p'] },
        policy: {
          counts: { last: 1, hourly: 2, daily: Infinity, weekly: 4, monthly: 5, yearly: Infinity },
          within: { years: 1, months: 2, days: 0, hours: 0 },
          withinUnits: { weekly: { years: 0, months: 0, days: 0, hours: 3 } },
          tagLists: [['a', 'b']],
        },
        groupBy: ['tags'],
        allowRemoveAll: false,
        unattended: false,
        dryRun: false,
      },
    ]);
  });

  it.each([
    [['--keep-last', 'x'], '--keep-last x'],
    [['--keep-daily', '-2'], '--keep-daily -2'],
    [['--keep-within', '1w'], '--keep-within 1w'],
    [['--group-by', 'user'], '--group-by user'],
    [['--prune', '--max-unused', 'lots', '-l', '1'], 'lots'],
  ])('refuses %j before anything is opened', async (args, words) => {
    const { code, stderr } = await runCli(['forget', ...args], { env: { TIDEMARK_PASSWORD: '' } });
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
  });

  it('a place that lets nothing go, or keeps what goes, is no failure; the day is told', async () => {
    const keptUntilMs = Date.parse('2027-03-04T12:00:00Z');
    const held = await runCli(['forget', '--keep-last', '1'], { engine: engine({ holds: true }) });
    expect([held.code, held.stderr]).toEqual([0, '']);
    expect(held.stdout).toContain('2 snapshots stay: this place lets nothing be removed (append-only).');
    const dated = await runCli(['forget', '--keep-last', '1'], {
      engine: engine({ holds: true, keptUntilMs }),
    });
    expect(dated.stdout).toContain('2 snapshots stay until 2027-03-04');
    const locked = await runCli(['forget', '--keep-last', '1'], { engine: engine({ keptUntilMs }) });
    expect(locked.code).toBe(0);
    expect(locked.stdout).toContain('What was removed stays there, out of sight, until 2027-03-04');
    const json = await runCli(['forget', '--keep-last', '1', '--json'], { engine: engine({ holds: true }) });
    expect(JSON.parse(json.stderr)).toEqual({ message_type: 'place_keeps', held: 2, kept_until: null });
  });

  it('ends with 3 when the place keeps one, and says which', async () => {
    const script = engine({ refuses: one.listed });
    const { code, stdout, stderr } = await runCli(['forget', '-l', '1'], { engine: script });
    expect(code).toBe(3);
    expect(stdout).toContain('Removed 1 snapshot.');
    expect(stderr).toMatch(
      /^Not removed: snapshot 11111111 of 2024-03-01 .* \(no permission to delete there\)\.\n1 snapshot could not be removed/,
    );
    const json = await runCli(['forget', '-l', '1', '--json'], { engine: script });
    expect(json.stderr).toContain('{"message_type":"exit_error","code":3,');
  });

  it('says after a cancel what is done', async () => {
    const dies = new TidemarkError('job.cancelled', {});
    const { code, stderr } = await runCli(['forget', '-l', '1'], { engine: engine({ dies }) });
    expect(code).toBe(130);
    expect(stderr).toContain('Removed until then: 1 of 2 snapshots.');
  });

  it('speaks of a clock that cannot be right', async () => {
    const error = (kind: 'farAhead' | 'behindLastSeen' | 'behindNewestPoint') =>
      new TidemarkError('retention.clockImplausible', {
        kind,
        now: '2038-01-01T00:00:00Z',
        witness: '2026-01-01T00:00:00Z',
      });
    for (const kind of ['farAhead', 'behindLastSeen', 'behindNewestPoint'] as const) {
      const { code, stderr } = await runCli(['forget', '--unattended', '-l', '1'], {
        engine: { forget: () => Promise.reject(error(kind)) },
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^The clock of this computer says 2038-01-01T00:00:00Z, .*2026.*\. No snapshot was removed\. Set the clock right/,
      );
    }
  });
});

describe('forget --prune', () => {
  it('prunes with its options once something was removed, and keeps JSON to one document', async () => {
    const pruned: PruneInput[] = [];
    const args = ['forget', '-l', '1', '--prune', '--max-unused', '0', '--json'];
    const { stdout } = await runCli(args, { engine: engine({ pruned }) });
    expect(pruned).toMatchObject([{ dryRun: false, maxUnused: { kind: 'bytes' } }]);
    expect(pruned[0]).not.toHaveProperty('ignoredSnapshots');
    expect(JSON.parse(stdout)).toHaveLength(1);
  });

  it('in a dry run shows what pruning would free then', async () => {
    const pruned: PruneInput[] = [];
    await runCli(['forget', '-l', '1', '--prune', '-n'], { engine: engine({ pruned }) });
    expect(pruned).toMatchObject([
      { dryRun: true, ignoredSnapshots: new Set([one.listed.id, two.listed.id]) },
    ]);
  });

  it('does not prune when nothing was removed', async () => {
    const pruned: PruneInput[] = [];
    const plan = { groups: [{ ...PLAN.groups[0]!, remove: [] }], remove: [] };
    const { stdout } = await runCli(['forget', '-l', '1', '--prune'], { engine: engine({ plan, pruned }) });
    expect([pruned, stdout]).toEqual([[], expect.stringContaining('Nothing was removed.')]);
  });
});

describe('snapshots in groups', () => {
  const other = make(4, 'desk', ['b', 'a']);
  const all = { snapshots: () => Promise.resolve([one.listed, two.listed, other.listed]) };

  it('prints restic JSON byte for byte', async () => {
    const { stdout } = await runCli(['snapshots', '--group-by', 'host,tags', '--json'], { engine: all });
    expect(stdout).toBe(
      `[{"group_key":{"hostname":"vm","paths":null,"tags":null},"snapshots":[${one.json},${two.json}]},` +
        `{"group_key":{"hostname":"desk","paths":null,"tags":["a","b"]},"snapshots":[${other.json}]}]\n`,
    );
  });

  it('takes the last of each of the groups asked for', async () => {
    const { stdout } = await runCli(['snapshots', '-g', 'paths', '--latest', '1'], { engine: all });
    expect(stdout).toMatch(/^\nGroup: path \/t\nID .*\n-+\n44444444 .*\n-+\n1 snapshot\n$/);
  });

  it('without groups lists all in one table', async () => {
    const { stdout } = await runCli(['snapshots', '-g', '', '--latest', '1'], { engine: all });
    expect(stdout).toMatch(/^ID .*\n-+\n22222222 .*\n44444444 .*\n-+\n2 snapshots\n$/);
  });

  it('says only the number when there is none', async () => {
    const none = { snapshots: () => Promise.resolve([]) };
    expect((await runCli(['snapshots', '-g', 'host'], { engine: none })).stdout).toBe('0 snapshots\n');
    expect((await runCli(['snapshots', '-g', 'host', '--json'], { engine: none })).stdout).toBe('[]\n');
  });
});

/** The commands `repair index`, `repair packs`, `copy` and `init --copy-chunker-params`: what they ask for and what they say. */
import { describe, expect, it } from 'vitest';
import { parseSnapshot } from '#format/snapshot.ts';
import type { CopyInput } from '#hosts/cli/calls/copy.ts';
import type { RepairIndexInput, RepairIndexResult } from '#hosts/cli/calls/repair-index.ts';
import type { RepairPacksInput, RepairPacksResult } from '#hosts/cli/calls/repair-packs.ts';
import { runCli } from '#test/support/cli-run.ts';

const A = 'a1'.repeat(32);
const B = 'b2'.repeat(32);
const STORED = {
  id: A,
  snapshot: parseSnapshot(
    Buffer.from(
      `{"time":"2026-01-02T03:04:05Z","tree":"${B}","paths":["/t"],"hostname":"vm","username":"u"}`,
    ),
  ),
};

const INDEX: RepairIndexResult = {
  damagedIndexFiles: [],
  addedPacks: [],
  correctedPacks: [],
  missingPacks: [],
  unreadablePacks: [],
  savedIndexFiles: 0,
  removedIndexFiles: 0,
  losses: [],
  lossCount: 0,
};
const PACKS: RepairPacksResult = {
  packs: [{ packId: A, state: 'damaged', blobs: 5, goodBlobs: 4 }],
  lostBlobs: 1,
  healedBlobs: 0,
  hasRepairedIndex: false,
  losses: [],
  lossCount: 0,
};

describe('help and mistakes', () => {
  it.each([
    [['repair', 'index', '--help'], 'repair index'],
    [['rebuild-index', '--help'], 'repair index'],
    [['repair', 'packs', '--help'], 'repair packs 59d3fa3b'],
    [['copy', '--help'], 'copy --from-repo'],
    [['init', '--help'], '--copy-chunker-params'],
  ])('%j', async (args, part) => {
    const { code, stdout } = await runCli(args, { env: { TIDEMARK_PASSWORD: '' } });
    expect([code, stdout]).toEqual([0, expect.stringContaining(part)]);
  });

  it.each([
    [['repair', 'packs'], 'no pack is named'],
    [['copy'], 'no source repository is named'],
    [['copy', '--from-repo', 'a', '--from-repository-file', 'b'], 'both --from-repo and'],
    [['copy', '--from-repo', 'a', '--compression', 'some'], '--compression some'],
    [['copy', '--from-repo', 'a'], 'no password for the source'],
    [['init', '--from-repo', 'a'], 'what to take from it'],
    [['init', '--copy-chunker-params'], 'no source repository is named'],
  ])('%j gets one sentence and code 1', async (args, part) => {
    const { code, stdout, stderr } = await runCli(args, { engine: {} });
    expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([1, '', 1]);
    expect(stderr).toContain(part);
  });
});

describe('repair index', () => {
  it('hands its options on, by both names', async () => {
    const seen: RepairIndexInput[] = [];
    const repairIndex = (_access: unknown, input: RepairIndexInput) => {
      seen.push(input);
      return Promise.resolve(INDEX);
    };
    const { stdout } = await runCli(['repair', 'index'], { engine: { repairIndex } });
    expect(stdout).toContain('nothing had to be changed');
    await runCli(['rebuild-index', '--read-all-packs', '-n'], { engine: { repairIndex } });
    expect(seen).toEqual([
      { readAllPacks: false, dryRun: false },
      { readAllPacks: true, dryRun: true },
    ]);
  });

  it('says what was done and what is lost', async () => {
    const result: RepairIndexResult = {
      ...INDEX,
      damagedIndexFiles: [A],
      addedPacks: [A, B],
      missingPacks: [B],
      unreadablePacks: [A],
      losses: ['Cannot be restored whole: /t/f in snapshot a1a1a1a1'],
      lossCount: 3,
    };
    const engine = { repairIndex: () => Promise.resolve(result) };
    const { code, stdout, stderr } = await runCli(['repair', 'index'], { engine });
    expect(code).toBe(0);
    expect(stdout).toBe(
      '1 damaged index file replaced.\n2 forgotten packs listed again.\n1 missing pack taken off the index.\nThe index is in order again.\n',
    );
    expect(stderr).toContain('tidemark repair packs a1a1a1a1');
    expect(stderr).toContain('/t/f in snapshot a1a1a1a1.\nAnd 2 more.');
    const json = JSON.parse((await runCli(['repair', 'index', '--json'], { engine })).stdout) as object;
    expect(json).toMatchObject({ message_type: 'summary', missing_packs: [B], lost_paths: 3 });
  });
});

describe('repair packs', () => {
  it('hands its options on', async () => {
    const seen: RepairPacksInput[] = [];
    const repairPacks = (_access: unknown, input: RepairPacksInput) => {
      seen.push(input);
      return Promise.resolve({ ...PACKS, healedBlobs: 1, copiesIn: '/here' });
    };
    const args = ['repair', 'packs', 'a1', B, '--from-files', '/live', '--from-repo', '/other'];
    const env = { TIDEMARK_FROM_PASSWORD: 'theirs' };
    const { stdout } = await runCli(args, { engine: { repairPacks }, env });
    expect(seen).toEqual([
      {
        packs: ['a1', B],
        dryRun: false,
        fromFiles: ['/live'],
        fromRepository: { location: '/other', password: Buffer.from('theirs'), noLock: false },
      },
    ]);
    expect(stdout).toContain('Pack a1a1a1a1 is damaged: 4 of 5 pieces of data saved; removed.');
    expect(stdout).toContain('1 lost piece of data found elsewhere');
    expect(stdout).toContain('/here');
  });

  it('names no other repository when only the environment does', async () => {
    const seen: RepairPacksInput[] = [];
    const repairPacks = (_access: unknown, input: RepairPacksInput) => {
      seen.push(input);
      return Promise.resolve(PACKS);
    };
    const env = { TIDEMARK_FROM_REPOSITORY: '/other' };
    const { stdout } = await runCli(['repair', 'packs', 'a1', '-n'], { engine: { repairPacks }, env });
    expect(seen[0]).toEqual({ packs: ['a1'], dryRun: true, fromFiles: [] });
    expect(stdout).toContain('can be saved; would be removed.\nNothing was written.');
  });
});

describe('copy', () => {
  const env = { TIDEMARK_FROM_REPOSITORY: '/from', TIDEMARK_FROM_PASSWORD: 'theirs' };
  const done = { copied: 1, skipped: 1, problems: 0, blobs: 3, bytes: 2048 };

  it('hands its options on; the environment names the source', async () => {
    const seen: CopyInput[] = [];
    const copy = (_access: unknown, input: CopyInput) => {
      seen.push(input);
      return Promise.resolve(done);
    };
    const { code, stdout } = await runCli(['copy', 'latest', '--tag', 'a,b'], { engine: { copy }, env });
    expect([code, stdout]).toEqual([
      0,
      '1 snapshot copied, 1 there already; 2.0 KiB read from the source.\n',
    ]);
    expect(seen).toMatchObject([
      {
        from: { location: '/from', password: Buffer.from('theirs') },
        snapshots: ['latest'],
        filter: { tagLists: [['a', 'b']] },
        compression: 'auto',
      },
    ]);
  });

  it('tells each snapshot, and fails when one is not whole', async () => {
    const engine: Parameters<typeof runCli>[1] = {
      env,
      engine: {
        copy: (_access, _input, handlers) => {
          handlers.onCopied(STORED, B);
          handlers.onSkipped(STORED, B);
          handlers.onProblem(B, 'parts of it are damaged', ['/t/f is lost']);
          return Promise.resolve({ ...done, problems: 1 });
        },
      },
    };
    const text = await runCli(['copy', '-v'], engine);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('Snapshot a1a1a1a1 is copied; it is b2b2b2b2 here.');
    expect(text.stdout).toContain('is there already as b2b2b2b2');
    expect(text.stderr).toContain(
      'Snapshot b2b2b2b2 is not copied: parts of it are damaged.\n  /t/f is lost',
    );
    const json = await runCli(['copy', '--json'], engine);
    const messages = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(messages.map((message) => message['message_type'])).toEqual(['copied', 'skipped', 'summary']);
    expect(messages[2]).toMatchObject({ copied: 1, not_copied: 1 });
    expect(json.stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('takes the chunker parameters over when a repository is made', async () => {
    let seen: unknown;
    const init = (input: unknown) => {
      seen = input;
      return Promise.resolve({ id: A, location: '/backup' });
    };
    await runCli(['init', '--copy-chunker-params'], { engine: { init }, env });
    expect(seen).toMatchObject({ chunkerFrom: { location: '/from', password: Buffer.from('theirs') } });
  });
});

it('a check that finds damage says how to mend it', async () => {
  const found = {
    errors: 2,
    brokenPacks: [A],
    damagedSnapshots: ['c'.repeat(64)],
    suggestRepairIndex: true,
    suggestPrune: false,
  };
  const { stderr } = await runCli(['check'], { engine: { check: () => Promise.resolve(found) } });
  expect(stderr).toContain(
    'Then run "tidemark repair index" and "tidemark repair packs a1a1a1a1" and "tidemark recover" and "tidemark forget --damaged cccccccc".',
  );
});

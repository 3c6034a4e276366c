/** `tidemark prune`: what its options ask for, and what a person or a script reads. */
import { describe, expect, it } from 'vitest';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import type { PruneInput, PruneNumbers, PruneResult } from '#hosts/cli/calls/prune.ts';
import { runCli, type CliRun } from '#test/support/cli-run.ts';

const NOTHING = { blobs: 0, bytes: 0 };

const PLANNED: PruneNumbers = {
  used: { blobs: 20, bytes: 9 << 20 },
  duplicate: NOTHING,
  unused: { blobs: 5, bytes: 3 << 20 },
  repack: { blobs: 12, bytes: 6 << 20 },
  repackRemoves: { blobs: 3, bytes: 1 << 20 },
  remove: { blobs: 2, bytes: 2 << 20 },
  unindexed: { packs: 0, bytes: 0 },
  remaining: { blobs: 20, bytes: 9 << 20 },
  unusedAfterBytes: 0,
  packs: { used: 2, partlyUsed: 1, unused: 1, keep: 2, repack: 1, remove: 1, missing: 0 },
};

const IDLE: PruneNumbers = {
  ...PLANNED,
  unused: NOTHING,
  repack: NOTHING,
  repackRemoves: NOTHING,
  remove: NOTHING,
  packs: { ...PLANNED.packs, repack: 0, remove: 0 },
};

const DONE: PruneResult = {
  removedPacks: 2,
  repackedPacks: 1,
  newPacks: 1,
  freedBytes: 3 << 20,
  postponedPacks: 0,
  removalRefused: false,
  keptBytes: 0,
  keptUntilMs: null,
};

async function run(
  args: readonly string[],
  numbers = PLANNED,
  result = DONE,
): Promise<CliRun & { readonly input: PruneInput | undefined }> {
  let asked: PruneInput | undefined;
  const prune: EngineCalls['prune'] = (_access, input, handlers) => {
    asked = input;
    handlers.onPlan(numbers);
    handlers.onProgress({ stage: 'repack', done: 1, total: 1, bytesDone: 5, totalBytes: 5 });
    return Promise.resolve(result);
  };
  const outcome = await runCli(['prune', ...args], { engine: { prune } });
  return { ...outcome, input: asked };
}

describe('options', () => {
  it.each<[string[], Partial<PruneInput>]>([
    [[], { dryRun: false, maxUnused: { kind: 'percent', percent: 5 }, compression: 'auto' }],
    [['-n'], { dryRun: true }],
    [['--max-unused', '0'], { maxUnused: { kind: 'bytes', bytes: 0 } }],
    [['--max-unused', '2.5%'], { maxUnused: { kind: 'percent', percent: 2.5 } }],
    [['--max-unused', '3M'], { maxUnused: { kind: 'bytes', bytes: 3 << 20 } }],
    [['--max-unused', 'unlimited'], { maxUnused: { kind: 'unlimited' } }],
    [['--max-repack-size', '1G'], { maxRepackBytes: 1 << 30 }],
    [['--repack-cacheable-only'], { repackCacheableOnly: true }],
    [['--repack-small'], { smallPackBytes: ((16 << 20) / 5) * 4 }],
    [['--repack-smaller-than', '4M'], { smallPackBytes: 4 << 20 }],
    [['--repack-uncompressed', '--compression', 'max'], { repackUncompressed: true, compression: 'max' }],
  ])('%j', async (args, expected) => {
    const { code, input } = await run(args);
    expect(code).toBe(0);
    expect(input).toMatchObject(expected);
  });

  it.each([
    ['--max-unused', '100%'],
    ['--max-unused', '-1'],
    ['--max-unused', 'much'],
    ['--max-repack-size', 'x'],
    ['--compression', 'best'],
    ['--repack-small', '--repack-smaller-than', '1M'],
  ])('refuses %s %s', async (...args) => {
    const { code, input } = await run(args);
    expect(code).toBe(1);
    expect(input).toBeUndefined();
  });
});

describe('what is said', () => {
  it('ends with what was freed', async () => {
    const { stdout } = await run([]);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('Freed 3.0 MiB.');
    expect(stdout).toMatch(/to rewrite: +12 blobs \/ 6\.0 MiB/);
  });

  it('a dry run says that nothing was changed', async () => {
    const { stdout } = await run(['-n']);
    expect(stdout).toContain('Would free about 3.0 MiB. Nothing was changed.');
  });

  it('one line when there is nothing to do, and why', async () => {
    expect((await run([], IDLE)).stdout).toBe('Nothing to free: everything stored is needed.\n');
    expect((await run([], { ...IDLE, unusedAfterBytes: 1 << 18 })).stdout).toMatch(
      /^Nothing to free: 256\.0 KiB \(2\.8%\) of what is stored is not needed any more/,
    );
  });

  it('a place that refuses removing and one without room are told, and are no failure', async () => {
    const refused = await run([], PLANNED, { ...DONE, freedBytes: 0, removalRefused: true });
    expect(refused.stdout).toContain('stays: this place lets nothing be removed (append-only)');
    const keptUntilMs = Date.parse('2027-03-04T12:00:00Z');
    const dated = await run([], PLANNED, { ...DONE, removalRefused: true, keptUntilMs });
    expect(dated.stdout).toContain('stays until 2027-03-04');
    const locked = await run([], PLANNED, { ...DONE, freedBytes: 0, keptBytes: 3 << 20, keptUntilMs });
    expect(locked.stdout).toMatch(/3\.0 MiB of what was removed stay there, out of sight, until 2027-03-04/);
    expect(locked.stdout).not.toContain('Freed');
    const json = (await run(['--json'], PLANNED, { ...DONE, keptBytes: 5, keptUntilMs })).stdout;
    expect(json).toContain('"kept_bytes":5,"kept_until":"2027-03-04T12:00:00.000Z"');
    expect(locked.code).toBe(0);
    const full = await run([], PLANNED, { ...DONE, postponedPacks: 4 });
    expect(full.stdout).toContain('no room to rewrite 4 partly used packs');
    expect([refused.code, full.code]).toEqual([0, 0]);
  });

  it('with --json one summary', async () => {
    const { stdout } = await run(['--json', '-n']);
    const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
    expect(summary).toMatchObject({
      message_type: 'summary',
      dry_run: true,
      repack: { blobs: 12, bytes: 6 << 20 },
      packs: { partly_used: 1 },
      freed_bytes: 3 << 20,
    });
    for (const line of stdout.trimEnd().split('\n')) expect(() => void JSON.parse(line)).not.toThrow();
  });
});

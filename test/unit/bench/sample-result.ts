import type { BenchResult, Comparison, ComparisonId, Measurement } from '#test/bench/bench-result.ts';

/** A result of one row whose numbers the tests choose. */
export function sampleResult(changes: Partial<BenchResult> = {}): BenchResult {
  return {
    takenAt: '2026-03-04T05:06:07.000Z',
    tidemark: '0.1.0 abc1234',
    restic: '0.19.1',
    runs: 3,
    machine: {
      processor: 'Some CPU',
      cores: 4,
      memoryBytes: 16e9,
      system: 'Linux 6.1',
      fileSystem: 'ext4',
      loadBefore: 0,
    },
    comparisons: [sampleComparison('first-small', [6000, 6000, 6000], [10_000, 10_000, 10_000])],
    sizes: [],
    ...changes,
  };
}

export function sampleComparison(
  id: ComparisonId,
  ourTimesMs: readonly number[],
  resticTimesMs: readonly number[],
): Comparison {
  const measure = (wallMs: number): Measurement => ({ wallMs, processorMs: wallMs, peakBytes: 100e6 });
  return { id, title: `work ${id}`, ours: ourTimesMs.map(measure), restics: resticTimesMs.map(measure) };
}

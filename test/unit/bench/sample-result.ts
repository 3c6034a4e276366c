import type {
  BenchResult,
  CatalogueResult,
  Comparison,
  ComparisonId,
  Measurement,
} from '#test/bench/bench-result.ts';

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

/** Its medians are within the budgets, the worst are over some. */
export function sampleCatalogue(): CatalogueResult {
  const times = { medianMs: 20, worstMs: 51 };
  return {
    files: 1_000_000,
    points: 500,
    versions: 2_000_000,
    bytesPerVersion: 300,
    fileBytes: 600e6,
    firstPointMs: 20_000,
    nextPoint: times,
    saveMs: 500,
    openMs: 400,
    openFolder: times,
    strip: times,
    heat: times,
    jump: times,
    firstResult: times,
    wholeSearch: times,
    nearDifferenceMs: 10,
    farDifferenceMs: 5000,
    residentBytes: 500e6,
    peakBytes: 1e9,
  };
}

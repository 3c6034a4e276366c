import { describe, expect, test } from 'vitest';
import {
  makeRemarks,
  makeTables,
  renderMarkdown,
  renderText,
  type TableRow,
} from '#test/bench/result-table.ts';
import { sampleCatalogue, sampleComparison, sampleResult } from './sample-result.ts';

function findRow(tables: ReturnType<typeof makeTables>, title: string, work: string): TableRow | undefined {
  return tables.find((table) => table.title === title)?.rows.find((row) => row.work === work);
}

describe('tables', () => {
  test('a row holds medians, their ratio, its budget and the verdict', () => {
    const comparisons = [sampleComparison('first-small', [5000, 90_000, 6000], [10_000, 1000, 12_000])];
    expect(findRow(makeTables(sampleResult({ comparisons })), 'Time', 'work first-small')).toEqual({
      work: 'work first-small',
      ours: '6.00 s',
      restics: '10.0 s',
      ratio: '0.60',
      budget: '<= 0.60',
      verdict: 'ok',
    });
  });

  test('just over the budget is over, though the rounded ratio looks the same', () => {
    const comparisons = [sampleComparison('check', [7010], [10_000])];
    const row = findRow(makeTables(sampleResult({ comparisons })), 'Time', 'work check');
    expect(row).toMatchObject({ ratio: '0.70', verdict: 'OVER' });
  });

  test('processor time has no budget and no verdict', () => {
    const row = findRow(makeTables(sampleResult()), 'Processor time', 'work first-small');
    expect(row).toMatchObject({ ratio: '0.60', budget: '', verdict: '' });
  });

  test('memory, sizes, index and many files have theirs', () => {
    const measurement = { wallMs: 1000, processorMs: 1000, peakBytes: 401e6 };
    const tables = makeTables(
      sampleResult({
        sizes: [{ title: 'size', sourceBytes: 1e9, ourBytes: 103e6, resticBytes: 100e6 }],
        index: { blobs: 1_000_000, openMs: 2001, lookupNs: 999, bytesPerBlob: 64, peakBytes: 1e8 },
        catalogue: sampleCatalogue(),
        million: { files: 1_000_000, steps: [{ title: 'backup', measurement }] },
      }),
    );
    const verdicts = tables.flatMap(({ rows }) => rows.map(({ work, verdict }) => [work, verdict]));
    expect(verdicts).toEqual([
      ['work first-small', 'ok'],
      ['work first-small', 'ok'],
      ['work first-small', ''],
      ['size', 'OVER'],
      ['open 1 000 000 blobs', 'OVER'],
      ['memory per blob', 'ok'],
      ['one look-up', 'ok'],
      ['peak memory while opening', ''],
      ['first point, 1 000 000 files', ''],
      ['each further of 500 points: median', ''],
      ['each further of 500 points: worst', ''],
      ['open a folder: median', 'ok'],
      ['open a folder: worst', 'OVER'],
      ['versions of a file: median', 'ok'],
      ['versions of a file: worst', 'OVER'],
      ['first search results: median', 'ok'],
      ['first search results: worst', 'ok'],
      ['whole search: median', ''],
      ['whole search: worst', ''],
      ['heat of all points: median', ''],
      ['heat of all points: worst', ''],
      ['next change: median', ''],
      ['next change: worst', ''],
      ['difference of neighbours', ''],
      ['difference of first and last', ''],
      ['open', ''],
      ['bytes per version, 2 000 000 versions', 'ok'],
      ['memory when all was asked', ''],
      ['peak memory', ''],
      ['backup, 1 000 000 files: time', ''],
      ['backup, 1 000 000 files: peak memory', 'OVER'],
    ]);
  });

  test('what was not measured has no table', () => {
    expect(makeTables(sampleResult({ comparisons: [] }))).toEqual([]);
  });
});

describe('rendering', () => {
  test('columns stand below each other in all tables', () => {
    const text = renderText(makeTables(sampleResult()));
    const ends = [...text.matchAll(/^work .* (ratio)/gm)].map((match) => match[0].length);
    expect(ends).toHaveLength(3);
    expect(new Set(ends).size).toBe(1);
    expect(text).toContain('TIME\nwork              Tidemark  restic  ratio   budget  verdict\n');
    expect(text).toContain('work first-small    6.00 s  10.0 s   0.60  <= 0.60  ok\n');
  });

  test('Markdown', () => {
    const [table] = makeTables(sampleResult());
    expect(renderMarkdown([table!])).toBe(
      [
        '### Time',
        '',
        '| work | Tidemark | restic | ratio | budget | verdict |',
        '| --- | ---: | ---: | ---: | ---: | --- |',
        '| work first-small | 6.00 s | 10.0 s | 0.60 | <= 0.60 | ok |',
      ].join('\n'),
    );
  });
});

describe('remarks', () => {
  test('none for a quiet machine and steady runs', () => {
    expect(makeRemarks(sampleResult())).toEqual([]);
  });

  test('a row that was cut short', () => {
    const comparisons = [sampleComparison('check', [1000, 1000], [1000, 1000])];
    expect(makeRemarks(sampleResult({ comparisons }))).toEqual([
      'Fewer runs, because they took long: work check (2).',
    ]);
  });

  test('few runs, a busy machine and times far apart are told', () => {
    const result = sampleResult({
      runs: 1,
      machine: { ...sampleResult().machine, loadBefore: 2.5 },
      comparisons: [
        sampleComparison('check', [1000, 1000], [1000, 1300]),
        sampleComparison('restore', [1000, 1000], [1000, 1200]),
      ],
    });
    expect(makeRemarks(result)).toEqual([
      'Each was run once: chance is in every number.',
      'The machine was busy (load 2.5 on 4 cores) when this began.',
      'Times apart by more than 25 %: work check.',
    ]);
  });
});

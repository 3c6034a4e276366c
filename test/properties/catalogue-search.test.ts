/**
 * Search with names at hand in memory against going through all of them: candidates of random names of any bytes, with paths
 * that come, go, and never came because a change was undone; and whole searches with filters, over histories that grow and
 * are forgotten. `CATALOGUE_RUNS=2000` for more.
 */
import { systemClock } from '#base/system-clock.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesToByteString, textToByteString, type ByteString } from '#base/byte-string.ts';
import { foldName, foldText } from '#catalogue/fold-name.ts';
import { openTables } from '#catalogue/tables.ts';
import type { SearchFilters, SearchResult } from '#catalogue/types.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { HistoryRun, SERIES, steps } from '#test/support/catalogue-history.ts';
import { CatalogueWorld } from '#test/support/catalogue-world.ts';
import { openCatalogue, searchAll } from '#test/support/catalogue.ts';

const RUNS = Number(process.env['CATALOGUE_RUNS'] ?? 60);
const TIMEOUT_MS = 60_000 + RUNS * 2_000;

const SIGNS = [
  'a',
  'A',
  'e',
  'É',
  'e\u0301',
  'ß',
  'ς',
  'Σ',
  'İ',
  '／',
  '½',
  '日',
  '\u3042\u3099',
  '-',
  '1',
  '\uffff',
];
const text = fc
  .array(fc.constantFrom(...SIGNS), { minLength: 1, maxLength: 4 })
  .map((signs) => signs.join(''));
const name: fc.Arbitrary<ByteString> = fc.oneof(
  text.map(textToByteString),
  fc.uint8Array({ minLength: 1, maxLength: 5 }).map(bytesToByteString),
);
/** At both ends of what is kept together. */
const id = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 8_180, max: 8_200 }),
  fc.constant(16_384),
);
const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), id, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('prepare' as const) }) },
);
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;
const changes = fc.array(
  fc.record({ isUndone: fc.boolean(), inside: fc.array(change, { minLength: 1, maxLength: 8 }) }),
  { minLength: 1, maxLength: 8 },
);

test(
  'names that contain a text are those that a look at each of them finds',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        changes,
        fc.array(fc.oneof(text, fc.string()), { minLength: 3, maxLength: 3 }),
        fc.nat(60),
        fc.integer({ min: 30, max: 20_000 }),
        async (all, asked, from, to) => {
          const { database, nodes } = await openTables();
          let names = new Map<number, ByteString>();
          try {
            for (const { isUndone, inside } of all) {
              const before = new Map(names);
              await database
                .inLongTransaction(async () => {
                  for (const one of inside) await apply(one);
                  if (isUndone) throw new Error('undone');
                })
                .catch(() => (names = before));
              await nodes.names.prepare(20_000, systemClock);
            }
            for (const one of asked) {
              const folded = foldText(one.toWellFormed());
              const expected = [...names]
                .filter(([number, own]) => number >= from && number <= to && foldName(own).includes(folded))
                .map(([number]) => number)
                .toSorted((a, b) => a - b);
              const told = nodes.listMatching(from, to, folded, 'any');
              expect(told.map((row) => row.id)).toEqual(expected);
              expect(told.map((row) => [row.name, row.fold])).toEqual(
                expected.map((number) => [names.get(number), foldName(names.get(number)!)]),
              );
            }
          } finally {
            database.close();
          }

          async function apply(one: Change): Promise<void> {
            if (one.kind === 'prepare') return nodes.names.prepare(20_000, systemClock);
            if (one.kind === 'remove') {
              nodes.remove(one.id);
              names.delete(one.id);
            } else if (!names.has(one.id) && ![...names.values()].includes(one.name)) {
              nodes.add(one.id, 1, one.name);
              names.set(one.id, one.name);
            }
          }
        },
      ),
      { numRuns: RUNS * 5 },
    );
  },
  TIMEOUT_MS,
);

const FROM_MS = Date.UTC(2025, 0, 1);
const times = fc.tuple(fc.nat(3_600), fc.nat(3_600)).map(([one, other]) => ({
  fromMs: FROM_MS + Math.min(one, other) * 1000,
  toMs: FROM_MS + Math.max(one, other) * 1000,
}));
/** Few at a time: of many nothing is left. */
const filters: fc.Arbitrary<SearchFilters> = fc.oneof(
  fc.constant({}),
  fc.record({ series: fc.constantFrom(...SERIES) }),
  fc.record({ kind: fc.constantFrom('folder', 'document') }),
  fc.record({ in: fc.constantFrom('a', 'É', 'b/a'), deleted: fc.boolean() }),
  fc.record({ deleted: fc.boolean() }),
  fc.record({ changed: times }),
  fc.record({ existed: times, largerBytes: fc.nat(3) }),
  fc.record({ ext: fc.constantFrom('txt', 'TXT'), deleted: fc.boolean() }),
  fc.record({ largerBytes: fc.nat(8), kind: fc.constantFrom('folder', 'document') }),
  fc.record({ in: fc.constantFrom('a', 'É'), changed: times, series: fc.constantFrom(...SERIES) }),
);

test(
  'a search with names at hand finds what one without finds, whatever came and went before',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(
          fc.tuple(
            fc.constantFrom('', 'a', 'É', 'txt', '記', 'B', '\uFFFD', 'new\nl', 'c.t', 'nowhere'),
            filters,
          ),
          {
            minLength: 4,
            maxLength: 4,
          },
        ),
        async (all, questions) => {
          const world = new CatalogueWorld();
          const grown = await openCatalogue();
          const plain = await openCatalogue();
          try {
            await grown.prepareSearch();
            let updates = 0;
            await new HistoryRun(world).run(all, async () => {
              await grown.update(world);
              // What changed since is not known to it, at the end too.
              if (updates++ % 3 < 2) await grown.prepareSearch();
            });
            await plain.update(world);
            for (const [asked, wanted] of questions)
              expect(await found(grown, asked, wanted)).toEqual(await found(plain, asked, wanted));
          } finally {
            await grown.close();
            await plain.close();
          }
        },
      ),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

async function found(catalogue: Catalogue, asked: string, wanted: SearchFilters): Promise<SearchResult[]> {
  const results = await searchAll(catalogue, { text: asked, filters: wanted });
  const key = ({ series, path }: SearchResult): string => `${series} ${path}`;
  return results.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

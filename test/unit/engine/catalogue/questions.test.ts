/** What the catalogue answers, in cases whose answer one can see: moves, ghosts, pages, ranks, filters, heat. */
import { describe, expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { foldText } from '#catalogue/fold-name.ts';
import { CatalogueWorld, folderOf } from '#test/support/catalogue-world.ts';
import { openCatalogue, path, ROOT, searchAll, versionsOf } from '#test/support/catalogue.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const START_MS = Date.UTC(2026, 0, 1);
const DAY = 86_400;

/** A point a day. */
async function catalogueOf(
  ...roots: readonly Record<string, unknown>[]
): Promise<{ catalogue: Catalogue; ids: string[]; clock: FakeClock }> {
  const world = new CatalogueWorld();
  const clock = new FakeClock({ startMs: START_MS + roots.length * DAY * 1000 });
  const catalogue = await openCatalogue({ clock });
  const ids = roots.map((root, i) => world.take('s', folderOf(root), i * DAY) as string);
  await catalogue.update(world);
  return { catalogue, ids, clock };
}

describe('moves', () => {
  test('a renamed file, one that moved with its folder, and one that is only alike', async () => {
    const { catalogue, ids } = await catalogueOf(
      {
        Drafts: { 'letter.txt': 'l' },
        photos: { '2024': { 'a.jpg': 'a', 'b.jpg': 'b' } },
        'x.txt': 'same',
        'y.txt': 'same',
      },
      {
        Drafts: {},
        'letter.txt': 'l',
        pictures: { '2024': { 'a.jpg': 'a', 'b.jpg': 'b' } },
        'z.txt': 'same',
      },
    );
    expect(versionsOf(catalogue, 's', '/letter.txt')).toMatchObject([{ movedFrom: '/Drafts/letter.txt' }]);
    expect(versionsOf(catalogue, 's', '/Drafts/letter.txt')).toMatchObject([
      { movedTo: '/letter.txt', isNewest: false },
    ]);
    expect(versionsOf(catalogue, 's', '/pictures/2024/a.jpg')).toMatchObject([
      { movedFrom: '/photos/2024/a.jpg' },
    ]);
    expect(versionsOf(catalogue, 's', '/photos')).toMatchObject([{ movedTo: '/pictures' }]);
    expect(versionsOf(catalogue, 's', '/z.txt')[0]).not.toHaveProperty('movedFrom');
    const { entries, counts } = await catalogue.difference(ids[0]!, ids[1]!, ROOT);
    expect(counts).toMatchObject({ added: 6, removed: 7, moved: 5 });
    expect(
      entries.map(({ label, change, movedFrom, movedTo }) => [label, change, movedFrom ?? movedTo]),
    ).toEqual([
      ['Drafts', 'inside', undefined],
      ['letter.txt', 'added', '/Drafts/letter.txt'],
      ['photos', 'removed', '/pictures'],
      ['pictures', 'added', '/photos'],
      ['x.txt', 'removed', undefined],
      ['y.txt', 'removed', undefined],
      ['z.txt', 'added', undefined],
    ]);
    await catalogue.close();
  });

  test('empty files and empty folders are moved nowhere', async () => {
    const { catalogue } = await catalogueOf({ a: '', b: {} }, { c: '', d: {} });
    for (const name of ['/c', '/d'])
      expect(versionsOf(catalogue, 's', name)[0]).not.toHaveProperty('movedFrom');
    await catalogue.close();
  });
});

test('a file that comes back to what it was has the same chip; gaps are told', async () => {
  const { catalogue, ids } = await catalogueOf({ f: 'A' }, { f: 'B' }, {}, {}, { f: 'A' });
  const strip = versionsOf(catalogue, 's', '/f');
  expect(strip.map(({ kind }) => kind)).toEqual(['version', 'gap', 'version', 'version']);
  const [newest, gap, middle, oldest] = strip;
  expect(newest).toMatchObject({ isNewest: true, isOldestKnown: false });
  expect(oldest).toMatchObject({ isOldestKnown: true });
  expect(newest?.kind === 'version' && oldest?.kind === 'version' && newest.content === oldest.content).toBe(
    true,
  );
  expect(middle?.kind === 'version' && oldest?.kind === 'version' && middle.content === oldest.content).toBe(
    false,
  );
  expect(gap).toMatchObject({ lastSeen: { snapshotId: ids[1] }, seenAgain: { snapshotId: ids[4] } });
  expect(catalogue.nextChange(ids[0]!, path('/f'), 'newer')).toMatchObject({
    point: { snapshotId: ids[1] },
    counts: { modified: 1, bytesIn: 10, bytesOut: 10 },
  });
  expect(catalogue.nextChange(ids[3]!, path('/f'), 'older')).toMatchObject({
    point: { snapshotId: ids[1] },
    changedAt: { snapshotId: ids[2] },
    counts: { removed: 1 },
  });
  expect(catalogue.nextChange(ids[4]!, path('/f'), 'newer')).toBeUndefined();
  expect(catalogue.nextChange(ids[0]!, path('/never'), 'newer')).toBeUndefined();
  await catalogue.close();
});

describe('pages', () => {
  const many = (count: number, name: string): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`${name}${String(i).padStart(4, '0')}`, 'x']),
    );

  test('all entries, once each, in order; 501 deleted ones are folded into a number, 500 are not', async () => {
    const { catalogue, ids } = await catalogueOf(
      { ...many(501, 'old'), ...many(30, 'kept') },
      { ...many(1, 'old'), ...many(30, 'kept') },
      many(30, 'kept'),
    );
    const open = (id: string, options = {}) => {
      const found = catalogue.openFolder(id, ROOT, options);
      if (found.kind !== 'folder') throw new Error(found.kind);
      return found;
    };
    expect(open(ids[1]!)).toMatchObject({ deleted: { count: 500, areFolded: false } });
    expect(open(ids[2]!)).toMatchObject({ deleted: { count: 501, areFolded: true } });
    expect(open(ids[2]!).entries).toHaveLength(30);
    expect(open(ids[2]!, { deleted: 'none' })).not.toHaveProperty('deleted');
    const names: string[] = [];
    for (let after: ByteString | undefined, pages = 0; pages < 100; pages++) {
      const page = open(ids[2]!, { deleted: 'all', after, limit: 7 });
      names.push(...page.entries.map(({ name }) => name));
      after = page.next;
      if (after === undefined) break;
    }
    expect(names).toEqual([...Object.keys(many(30, 'kept')), ...Object.keys(many(501, 'old'))]);
    const compared: string[] = [];
    for (let after: ByteString | undefined; ;) {
      const page = await catalogue.difference(ids[0]!, ids[2]!, ROOT, { after, limit: 50 });
      compared.push(...page.entries.map(({ name }) => name));
      if ((after = page.next) === undefined) break;
    }
    expect(compared).toEqual(Object.keys(many(501, 'old')));
    await catalogue.close();
  });
});

describe('search', () => {
  const roots = [
    {
      Documents: { 'Bericht.docx': 'a', 'old.txt': 'o' },
      Pictures: { 'Ferien Übersicht.JPG': 'pic', bericht: {} },
    },
    {
      Documents: { 'Bericht.docx': 'ab' },
      Pictures: { 'Ferien Übersicht.JPG': 'pic', bericht: { 'bericht-2.txt': '' } },
    },
  ];
  const find = async (text: string, filters = {}): Promise<string[]> => {
    const { catalogue } = await catalogueOf(...roots);
    const results = await searchAll(catalogue, { text, filters });
    await catalogue.close();
    return results.map(({ label }) => label);
  };

  test('by a part of the name, whatever its case and accents; the very name first, then what is not deep', async () => {
    expect(await find('BERICHT')).toEqual([
      '/Pictures/bericht',
      '/Documents/Bericht.docx',
      '/Pictures/bericht/bericht-2.txt',
    ]);
    expect(await find('ubersicht')).toEqual(['/Pictures/Ferien Übersicht.JPG']);
    expect(await find('nothing')).toEqual([]);
  });

  test.each([
    [{ kind: 'picture' }, ['/Pictures/Ferien Übersicht.JPG']],
    [{ kind: 'folder' }, ['/Documents', '/Pictures', '/Pictures/bericht']],
    [{ ext: 'DOCX' }, ['/Documents/Bericht.docx']],
    [{ in: 'documents' }, ['/Documents/old.txt', '/Documents/Bericht.docx']],
    [{ in: 'pictures/bericht' }, ['/Pictures/bericht/bericht-2.txt']],
    [{ deleted: true }, ['/Documents/old.txt']],
    [{ largerBytes: 10, kind: 'document' }, ['/Documents/Bericht.docx']],
    [
      { changed: { fromMs: START_MS + 1, toMs: Infinity }, ext: 'txt' },
      ['/Documents/old.txt', '/Pictures/bericht/bericht-2.txt'],
    ],
    [{ existed: { fromMs: 0, toMs: START_MS + 1 }, ext: 'txt' }, ['/Documents/old.txt']],
    [{ series: 'another' }, []],
  ])('filter %j', async (filters, expected) => {
    const found = await find('', filters);
    expect(found.toSorted()).toEqual((expected as string[]).toSorted());
    // What was deleted a short while ago comes first.
    if (found.includes('/Documents/old.txt')) expect(found[0]).toBe('/Documents/old.txt');
  });

  test('folders above what is protected come only where nothing else does', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue({ clock: new FakeClock({ startMs: START_MS + 3 * DAY * 1000 }) });
    const root = folderOf({ home: { me: { Documents: { 'home.txt': 'a', 'letter.txt': 'l' }, Music: {} } } });
    world.take('s', root, 0, { paths: ['/home/me/Documents', '/home/me/Music'] });
    // Where all of it is protected it is a folder like others, though another point protects less.
    world.take('t', root, 0, { paths: ['/home/me'] });
    world.take('t', root, DAY, { paths: ['/home/me/Music'] });
    await catalogue.update(world);
    const found = async (text: string, series: string, kind?: string): Promise<string[]> => {
      const filters = kind === undefined ? { series } : { series, kind };
      const all = [];
      let matched = 0;
      for await (const slice of catalogue.search({ text, filters })) {
        all.push(...slice.results);
        ({ matched } = slice);
      }
      expect(matched).toBe(all.length);
      return all.map(({ label }) => label).toSorted();
    };
    expect(await found('home', 's')).toEqual(['/home/me/Documents/home.txt']);
    expect(await found('docu', 's')).toEqual(['/home/me/Documents']);
    expect(await found('', 's', 'folder')).toEqual(['/home/me/Documents', '/home/me/Music']);
    expect(await found('ome', 's', 'folder')).toEqual(['/home']);
    expect(await found('me', 't', 'folder')).toEqual(['/home/me', '/home/me/Documents']);
    await catalogue.close();
  });

  test('comes in slices, tells the best only, and can be stopped', async () => {
    const names = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`file ${i}`, 'x']));
    const { catalogue, clock } = await catalogueOf({ zz: { 'deep file': 'x' }, ...names, file: 'x' });
    // Each look at it takes a while.
    let passedMs = 0;
    clock.monotonicMs = () => (passedMs += 0.1);
    const slices = [];
    for await (const slice of catalogue.search({ text: 'file', limit: 5 })) slices.push(slice);
    expect(slices.length).toBeGreaterThan(1);
    expect(slices.at(-1)).toMatchObject({ matched: 3002, isCut: false, done: 1 });
    const best = slices.flatMap(({ results }) => results).toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
    expect(best[0]).toMatchObject({
      label: '/file',
      versionCount: 1,
      life: [{ from: { timeMs: START_MS } }],
    });
    expect(best.length).toBeLessThan(30);
    const cut = [];
    for await (const slice of catalogue.search({ text: 'file', mostNames: 100 })) cut.push(slice);
    expect(cut.at(-1)).toMatchObject({ matched: 100, isCut: true, done: 1 });
    const stop = new AbortController();
    const search = catalogue.search({ text: 'file' }, stop.signal);
    await search.next();
    stop.abort();
    await expect(search.next()).rejects.toMatchObject({ code: 'job.cancelled' });
    await catalogue.close();
  });

  test.each([
    ['Crème BRÛLÉE', 'creme brulee'],
    ['STRASSE', 'strasse'],
    ['Straße', 'strasse'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ﬁn', 'fin'],
    ['日記', '日記'],
  ])('%s is found as %s', (name, folded) => {
    expect(foldText(name)).toBe(folded);
  });
});

test('heat: what changed in each bucket, and where the most did; points that changed nothing are counted', async () => {
  const home = (a: string, b: string): Record<string, unknown> => ({
    home: { me: { work: { a, a2: a }, play: { b } } },
  });
  const { catalogue } = await catalogueOf(home('1', '1'), home('2', '1'), home('2', '1'), home('3', '2'));
  const edges = [0, 2, 4].map((day) => START_MS + day * DAY * 1000);
  const quiet = { added: 0, removed: 0, waitingPoints: 0, points: 2 };
  expect(catalogue.changesOverTime('s', ROOT, edges)).toEqual([
    { ...quiet, modified: 2, bytesIn: 20, bytesOut: 20, quietPoints: 1 },
    { ...quiet, modified: 3, bytesIn: 30, bytesOut: 30, quietPoints: 1 },
  ]);
  expect(catalogue.changesOverTime('s', path('/home/me/play'), edges)).toMatchObject([
    { modified: 0 },
    { modified: 1 },
  ]);
  const range = { fromMs: edges[1]!, toMs: edges[2]! };
  expect(catalogue.topFolders('s', ROOT, range)).toEqual([
    { path: '/home/me', label: '/home/me', changed: 3 },
  ]);
  expect(
    catalogue.topFolders('s', path('/home/me'), range).map(({ label, changed }) => [label, changed]),
  ).toEqual([
    ['/home/me/work', 2],
    ['/home/me/play', 1],
  ]);
  await catalogue.close();
});

test('what is not there is said by codes', async () => {
  const world = new CatalogueWorld();
  const catalogue = await openCatalogue();
  const one = world.take('one', folderOf({ a: 'a' }), 1);
  const other = world.take('other', folderOf({ a: 'a' }), 2);
  await catalogue.update(world);
  expect(() => catalogue.openFolder('f'.repeat(64), ROOT)).toThrow(
    expect.objectContaining({ code: 'repository.objectNotFound' }) as Error,
  );
  expect(() => catalogue.listVersions('none', ROOT)).toThrow(
    expect.objectContaining({ code: 'repository.objectNotFound' }) as Error,
  );
  await expect(catalogue.difference(one, other, ROOT)).rejects.toMatchObject({
    code: 'request.invalidInput',
  });
  const foreign = new CatalogueWorld('e'.repeat(64));
  await expect(catalogue.update(foreign)).rejects.toMatchObject({ code: 'internal.invariantBroken' });
  expect(JSON.parse(JSON.stringify(catalogue.points()))).toEqual(catalogue.points());
  await catalogue.close();
});

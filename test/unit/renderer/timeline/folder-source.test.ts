import { expect, test } from 'vitest';
import { FolderSource, type PageQuestion } from '#renderer/features/timeline/contents/folder-source.ts';
import { HeatSource, type HeatQuestion } from '#renderer/features/timeline/band/heat-source.ts';
import type { Entry, HeatBucket, OpenedFolder } from '#renderer/features/timeline/wire-types.ts';

const entry = (name: string): Entry => ({
  name,
  label: name,
  kind: 'file',
  sizeBytes: 0,
  modifiedMs: 0,
  changedMs: [],
});

/** A core that answers when told to. */
class SlowCore {
  readonly asked: { question: PageQuestion; signal: AbortSignal; answer: (folder: OpenedFolder) => void }[] =
    [];
  readonly ask = (question: PageQuestion, signal: AbortSignal): Promise<OpenedFolder> =>
    new Promise((answer) => this.asked.push({ question, signal, answer }));
}
const rest = (): Promise<void> => new Promise(setImmediate);
const at = (snapshotId: string, folder = '/f') => ({
  placeId: 'p',
  snapshotId,
  folder,
  deleted: 'folded' as const,
});
const page = (names: string[], next?: string): OpenedFolder => ({
  kind: 'folder',
  entries: names.map(entry),
  ...(next === undefined ? {} : { next }),
});

test('while time moves one question is under way, and the newest is the next', async () => {
  const core = new SlowCore();
  const source = new FolderSource(core.ask);
  for (const id of ['1', '2', '3', '4', '5']) source.want(at(id));
  expect(core.asked.map(({ question }) => question.snapshotId)).toEqual(['1']);
  core.asked[0]?.answer(page(['old']));
  await rest();
  expect(core.asked.map(({ question }) => question.snapshotId)).toEqual(['1', '5']);
  // What was overtaken is newer than nothing, and is shown meanwhile.
  expect(source.get()).toMatchObject({ kind: 'folder', of: { snapshotId: '1' } });
  core.asked[1]?.answer(page(['new']));
  await rest();
  expect(source.get()).toMatchObject({ kind: 'folder', of: { snapshotId: '5' }, next: undefined });
});

test('another folder gives up the question before it', async () => {
  const core = new SlowCore();
  const source = new FolderSource(core.ask);
  source.want(at('1'));
  source.want(at('1', '/g'));
  expect(core.asked[0]?.signal.aborted).toBe(true);
  expect(core.asked[1]?.question.folder).toBe('/g');
  core.asked[0]?.answer(page(['of f']));
  core.asked[1]?.answer(page(['of g']));
  await rest();
  expect(source.get()).toMatchObject({ entries: [{ name: 'of g' }] });
});

test('pages come one after the other, and a page of another moment is not added', async () => {
  const core = new SlowCore();
  const source = new FolderSource(core.ask);
  source.want(at('1'));
  core.asked[0]?.answer(page(['a'], 'a'));
  await rest();
  expect(core.asked[1]?.question).toMatchObject({ snapshotId: '1', after: 'a' });
  source.want(at('2'));
  core.asked[1]?.answer(page(['b']));
  await rest();
  core.asked[2]?.answer(page(['A']));
  await rest();
  expect(source.get()).toMatchObject({ of: { snapshotId: '2' }, entries: [{ name: 'A' }] });
});

test('pages that follow do not have the deleted counted again', async () => {
  for (const [areFolded, deleted] of [
    [true, 'none'],
    [false, 'all'],
  ] as const) {
    const core = new SlowCore();
    const source = new FolderSource(core.ask);
    source.want(at('1'));
    core.asked[0]?.answer({ ...page(['a'], 'a'), deleted: { count: 900, areFolded } } as OpenedFolder);
    await rest();
    core.asked[1]?.answer(page(['b'], 'b'));
    await rest();
    expect(core.asked.map(({ question }) => question.deleted)).toEqual(['folded', deleted, deleted]);
  }
});

test('a folder seen as a whole is replaced as a whole', async () => {
  const core = new SlowCore();
  const source = new FolderSource(core.ask);
  source.want(at('1'));
  core.asked[0]?.answer(page(['a', 'b']));
  await rest();
  source.want(at('2'));
  core.asked[1]?.answer(page(['a'], 'a'));
  await rest();
  expect(source.get()).toMatchObject({ of: { snapshotId: '1' } });
  core.asked[2]?.answer(page(['c']));
  await rest();
  expect(source.get()).toMatchObject({ of: { snapshotId: '2' }, entries: [{ name: 'a' }, { name: 'c' }] });
});

test('a very large folder waits to be scrolled', async () => {
  const core = new SlowCore();
  const source = new FolderSource(core.ask);
  source.want(at('1'));
  core.asked[0]?.answer(
    page(
      Array.from({ length: 20_000 }, (_, index) => String(index)),
      'z',
    ),
  );
  await rest();
  expect(core.asked).toHaveLength(1);
  source.more();
  source.more();
  expect(core.asked).toHaveLength(2);
});

test('a refusal is told, and the next question asked', async () => {
  const source = new FolderSource(({ snapshotId }) =>
    snapshotId === '1' ? Promise.reject(new Error('no')) : Promise.resolve(page(['a'])),
  );
  source.want(at('1'));
  await rest();
  expect(source.get().kind).toBe('refused');
  source.want(at('2'));
  await rest();
  expect(source.get().kind).toBe('folder');
});

test('bars are asked for once while the band moves a little, and anew at another zoom', async () => {
  const asked: HeatQuestion[] = [];
  const heat = new HeatSource(
    (question) => (asked.push(question), Promise.resolve<HeatBucket[]>([])),
    () => undefined,
  );
  const wish = { placeId: 'p', series: 's', folder: '/f', step: { unit: 'hour', count: 1 } } as const;
  const hour = 3_600_000;
  heat.want({ ...wish, range: { fromMs: 0, toMs: 100 * hour } });
  heat.want({ ...wish, range: { fromMs: 30 * hour, toMs: 130 * hour } });
  expect(asked).toHaveLength(1);
  await rest();
  heat.want({ ...wish, range: { fromMs: 90 * hour, toMs: 190 * hour } });
  await rest();
  heat.want({ ...wish, step: { unit: 'day', count: 1 }, range: { fromMs: 90 * hour, toMs: 190 * hour } });
  await rest();
  heat.want({
    ...wish,
    step: { unit: 'day', count: 1 },
    folder: '/g',
    range: { fromMs: 90 * hour, toMs: 190 * hour },
  });
  expect(asked).toHaveLength(4);
  expect(heat.answer).toBeUndefined();
});

test('after a refusal the next question is asked without it in sight', async () => {
  let isRefusing = true;
  const source = new FolderSource(() =>
    isRefusing ? Promise.reject(new Error('no such point')) : Promise.resolve(page(['a'])),
  );
  source.want(at('1'));
  await rest();
  expect(source.get()).toMatchObject({ kind: 'refused' });
  isRefusing = false;
  source.want(at('2'));
  expect(source.get()).toEqual({ kind: 'asking' });
  await rest();
  expect(source.get()).toMatchObject({ kind: 'folder', entries: [{ name: 'a' }] });
});

test('all of a folder, when it is wanted: page after page, and told once', async () => {
  const core = new SlowCore();
  const source = new FolderSource(core.ask);
  const names = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${from + at}`);
  source.want(at('1'));
  core.asked[0]?.answer(page(names(0, 10_000), 'x'));
  await rest();
  expect(core.asked).toHaveLength(1);
  let told = 0;
  source.subscribe(() => void told++);
  source.loadAll();
  core.asked[1]?.answer(page(names(10_000, 5_000), 'y'));
  await rest();
  core.asked[2]?.answer(page(names(15_000, 5_000), 'z'));
  await rest();
  expect([told, core.asked.length]).toEqual([0, 4]);
  core.asked[3]?.answer(page(names(20_000, 7)));
  await rest();
  const state = source.get();
  expect(state.kind === 'folder' && [state.entries.length, state.next]).toEqual([20_007, undefined]);
  expect(told).toBe(1);
  // Another moment is looked at as ever.
  source.want(at('2'));
  core.asked[4]?.answer(page(names(0, 10_000), 'x'));
  await rest();
  expect(core.asked).toHaveLength(5);
});

/** A drag out of the window: got ready while the button is held, handed over as soon as it is, at once the second time. */
import { beforeEach, expect, test } from 'vitest';
import { DragRun, type DragAsk, type DragNews } from '#renderer/features/timeline/hand-out/drag-run.ts';

type Job = Parameters<NonNullable<PromiseWithResolvers<EndedJob>['resolve']>>[0];
type EndedJob = Awaited<ReturnType<ConstructorParameters<typeof DragRun>[0]['wait']>>;

let news: string[];
let dragged: string[];
let cancelled: string[];
let jobs: { readonly end: PromiseWithResolvers<EndedJob>; tell(share: number | null): void }[];
let refusesDrag: boolean;
let drag: DragRun;

const ask = (path: string): DragAsk => ({
  placeId: 'p',
  from: [{ snapshotId: 's', paths: [path] }],
  insteadOf: () => undefined,
});
const end = (number: number, state = 'done', troubleCount = 0): Promise<void> => {
  jobs[number]?.end.resolve({ state, troubleCount, error: null } as unknown as Job);
  return settle();
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function wordOf(told: DragNews): string {
  switch (told.kind) {
    case 'getting':
      return `getting${told.isHeld ? ' held' : ''}${told.share === null ? '' : ` ${told.share}`}`;
    case 'ready':
    case 'given':
      return `${told.kind}${told.missing > 0 ? ` without ${told.missing}` : ''}`;
    case 'failed':
      return `failed ${told.job?.state ?? (told.error === undefined ? 'to drag' : 'to start')}`;
    case 'over':
      return 'over';
  }
}

beforeEach(() => {
  [news, dragged, cancelled, jobs, refusesDrag] = [[], [], [], [], false];
  drag = new DragRun({
    start: ({ from }) =>
      from[0]?.paths[0] === '/refused' ? Promise.reject(new Error('no')) : Promise.resolve(`j${jobs.length}`),
    wait: (_jobId, tell) => {
      const ended = Promise.withResolvers<EndedJob>();
      jobs.push({ end: ended, tell });
      return ended.promise;
    },
    cancel: (jobId) => void cancelled.push(jobId),
    dragOut: (jobId) => {
      if (refusesDrag) return Promise.reject(new Error('gone'));
      dragged.push(jobId);
      return Promise.resolve();
    },
    tell: (told) => void news.push(wordOf(told)),
  });
});

test('held until it is ready: handed over', async () => {
  drag.begin(ask('/a'));
  await settle();
  jobs[0]?.tell(0.5);
  expect(dragged).toEqual([]);
  await end(0);
  expect(dragged).toEqual(['j0']);
  expect(news).toEqual(['getting held', 'getting held 0.5', 'given']);
});

test('let go too early: told when it is ready, never dragged without a hand; dragged again: at once', async () => {
  drag.begin(ask('/a'));
  await settle();
  drag.release();
  await end(0, 'doneExcept', 2);
  expect(dragged).toEqual([]);
  expect(news).toEqual(['getting held', 'getting', 'ready without 2']);
  drag.begin(ask('/a'));
  expect(dragged).toEqual(['j0']);
  drag.release();
  drag.begin(ask('/a'));
  expect([dragged, jobs.length]).toEqual([['j0', 'j0'], 1]);
});

test('taken hold of again while it is got ready: handed over when it is', async () => {
  drag.begin(ask('/a'));
  await settle();
  drag.release();
  drag.begin(ask('/a'));
  await end(0);
  expect([dragged, jobs.length]).toEqual([['j0'], 1]);
});

test('something else is dragged: what was got ready before is given up, also where its job has only just begun', async () => {
  drag.begin(ask('/a'));
  drag.begin(ask('/b'));
  await settle();
  expect(cancelled).toEqual(['j0']);
  expect(jobs).toHaveLength(1);
  drag.begin(ask('/c'));
  await settle();
  expect(cancelled).toHaveLength(2);
  await end(0);
  expect(dragged).toEqual([]);
  await end(1);
  expect(dragged).toHaveLength(1);
});

test('stopped: its job is, and nothing comes of it', async () => {
  drag.begin(ask('/a'));
  await settle();
  drag.stop();
  await end(0);
  expect([cancelled, dragged, news.at(-1)]).toEqual([['j0'], [], 'over']);
});

test('what does not go is told, and can be tried again', async () => {
  drag.begin(ask('/refused'));
  await settle();
  expect(news.at(-1)).toBe('failed to start');
  drag.begin(ask('/a'));
  await settle();
  await end(0, 'failed');
  expect(news.at(-1)).toBe('failed failed');
  drag.begin(ask('/a'));
  await settle();
  refusesDrag = true;
  await end(1);
  expect(news.at(-1)).toBe('failed to drag');
  // Its files are gone: they are got ready anew.
  refusesDrag = false;
  drag.begin(ask('/a'));
  await settle();
  await end(2);
  expect([dragged, jobs.length]).toEqual([['j2'], 3]);
});

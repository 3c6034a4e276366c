/** A drag out of a page: whose wish counts, and that no path comes from a page. */
import { expect, test } from 'vitest';
import type { SenderFrame } from '#hosts/electron/app-origin.ts';
import { serveDragOut } from '#hosts/electron/serve-drag-out.ts';
import { OWN_FRAME } from '#test/support/window-messages.ts';

const ID = '0123456789abcdef'.repeat(2);

function world(files: Readonly<Record<string, readonly string[]>> = { [ID]: ['/private/a', '/private/b'] }) {
  const asked: string[] = [];
  const dragged: object[] = [];
  let drag: (frame: SenderFrame | null, ...args: unknown[]) => Promise<unknown> = () => Promise.resolve();
  let isGone = false;
  serveDragOut(
    {
      handle: (_name, handler) => {
        const sender = { isDestroyed: () => isGone, startDrag: (item: object) => void dragged.push(item) };
        drag = async (senderFrame, ...args) => handler({ sender, senderFrame }, ...args);
      },
    },
    '/icon.png',
    (jobId) => {
      asked.push(jobId);
      const found = files[jobId];
      return found === undefined ? Promise.reject(new Error('request.notFound')) : Promise.resolve(found);
    },
  );
  return { asked, dragged, drag, leave: () => void (isGone = true) };
}

test('what the job has got ready, under our picture', async () => {
  const { drag, dragged } = world();
  await drag(OWN_FRAME, ID);
  expect(dragged).toEqual([{ file: '/private/a', files: ['/private/a', '/private/b'], icon: '/icon.png' }]);
});

test.each<[string, SenderFrame | null]>([
  ['a frame that is gone', null],
  ['a frame inside of our page', { url: OWN_FRAME.url, parent: {} }],
  ['another host', { url: 'app://elsewhere/index.html', parent: null }],
  ['a file', { url: 'file:///tidemark/index.html', parent: null }],
])('nothing for %s', async (_what, frame) => {
  const { drag, dragged, asked } = world();
  await expect(drag(frame, ID)).rejects.toThrow('refused');
  expect([asked, dragged]).toEqual([[], []]);
});

test.each<[string, unknown[]]>([
  ['a path', ['/etc/passwd']],
  ['a path beside the id', [ID, '/etc/passwd']],
  ['a list', [[ID]]],
  ['an object', [{ toString: () => ID }]],
  ['a long text', [ID.repeat(1_000_000)]],
  ['an id with more behind it', [`${ID}\n/etc/passwd`]],
  ['an id of another writing', [ID.toUpperCase()]],
  ['nothing', []],
])('%s is no id of a job', async (_what, args) => {
  const { drag, dragged, asked } = world();
  await expect(drag(OWN_FRAME, ...args)).rejects.toThrow('refused');
  expect([asked, dragged]).toEqual([[], []]);
});

test('a job that has nothing any more is told to the page; one that is empty, or a page that has gone, drags nothing', async () => {
  const unknown = world({});
  await expect(unknown.drag(OWN_FRAME, ID)).rejects.toThrow('request.notFound');
  const empty = world({ [ID]: [] });
  await empty.drag(OWN_FRAME, ID);
  const gone = world();
  gone.leave();
  await gone.drag(OWN_FRAME, ID);
  expect([...unknown.dragged, ...empty.dragged, ...gone.dragged]).toEqual([]);
});

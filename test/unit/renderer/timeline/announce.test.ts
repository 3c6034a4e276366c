import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { announce, announceInto } from '#renderer/features/timeline/announce.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('at most one announcement in half a second, and of many the newest', () => {
  const said: string[] = [];
  const region = {
    set textContent(text: string) {
      said.push(text);
    },
  };
  announceInto(region as { textContent: string | null });
  for (const text of ['one', 'two', 'three']) announce(text);
  expect(said).toEqual(['one']);
  vi.advanceTimersByTime(499);
  expect(said).toEqual(['one']);
  vi.advanceTimersByTime(1);
  expect(said).toEqual(['one', 'three']);
  announceInto(null);
});

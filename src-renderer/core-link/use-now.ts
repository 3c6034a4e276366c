/** Now, for words like "4 minutes ago" that go on without news. */
import { useEffect, useState } from 'react';

const REFRESH_MS = 30_000;

/** @param news anew with every change of it, and every half minute */
export function useNowMs(news?: unknown): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const look = (): void => setNowMs(Date.now());
    look();
    const timer = setInterval(look, REFRESH_MS);
    return () => clearInterval(timer);
  }, [news]);
  return nowMs;
}

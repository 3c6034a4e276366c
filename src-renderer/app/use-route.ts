/**
 * The route in the address, as state. Host and pages change it alike. To another page it is a transition: the one before
 * stays until the next is loaded. Without it React would show nothing first, and then hold the page back for 300 ms.
 */
import { startTransition, useEffect, useMemo, useState } from 'react';
import { readRoute, type Route } from './read-route.ts';

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    let page = readRoute(location.hash).page;
    const follow = (): void => {
      const { hash: next } = location;
      const before = page;
      ({ page } = readRoute(next));
      if (page === before) setHash(next);
      else startTransition(() => setHash(next));
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return useMemo(() => readRoute(hash), [hash]);
}

/** The route in the address, as state. Host and pages change it alike. */
import { useEffect, useMemo, useState } from 'react';
import { readRoute, type Route } from './read-route.ts';

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return useMemo(() => readRoute(hash), [hash]);
}

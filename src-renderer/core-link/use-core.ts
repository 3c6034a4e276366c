/** The core for components: the link itself, and the mirror as React state. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CoreLink } from './connect-core.ts';

export const CoreContext = createContext<CoreLink | null>(null);

export function useCore(): CoreLink {
  const link = useContext(CoreContext);
  if (link === null) throw new Error('useCore outside of CoreContext');
  return link;
}

/** Undefined until it has come for the first time. */
export function useMirror(): Mirror | undefined {
  const { mirror } = useCore();
  return useSyncExternalStore(mirror.subscribe, mirror.get);
}

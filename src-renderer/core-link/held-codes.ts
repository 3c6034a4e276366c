/**
 * Recovery codes that the core has told this window, until it closes: it tells each once, when a place is made or gets
 * another code, and the page that prints it may come later. Never in an address, a storage of the browser or a log.
 */
import { useSyncExternalStore } from 'react';
import { SecretText } from '#base/secret-text.ts';

const codes = new Map<string, SecretText>();
const listeners = new Set<() => void>();

/** Whoever has made a place or another code for one hands it over here. */
export function holdCode(placeId: string, code: string): void {
  codes.set(placeId, new SecretText(code));
  for (const listener of listeners) listener();
}

/** Undefined: this window was never told, or was closed since. */
export function useHeldCode(placeId: string): SecretText | undefined {
  return useSyncExternalStore(subscribe, () => codes.get(placeId));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * The answer of a query as React state: asked anew when what it depends on changes, with what was there before kept in
 * sight, and the question before given up. For what the mirror does not hold.
 */
import { useCallback, useEffect, useState } from 'react';

export type Answer<Value> =
  | { readonly kind: 'asking'; readonly value: Value | undefined }
  | { readonly kind: 'here'; readonly value: Value }
  | { readonly kind: 'refused'; readonly error: unknown; readonly value: Value | undefined };

/**
 * @param ask what is asked; null asks nothing
 * @param about what the question depends on, compared as text
 */
export function useAnswer<Value>(
  ask: ((signal: AbortSignal) => Promise<Value>) | null,
  about: readonly unknown[],
): Answer<Value> & { readonly again: () => void } {
  const [answer, setAnswer] = useState<Answer<Value>>({ kind: 'asking', value: undefined });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(about);
  useEffect(() => {
    if (ask === null) return undefined;
    const control = new AbortController();
    setAnswer(({ value }) => ({ kind: 'asking', value }));
    ask(control.signal).then(
      (value) => {
        if (!control.signal.aborted) setAnswer({ kind: 'here', value });
      },
      (error: unknown) => {
        if (!control.signal.aborted) setAnswer(({ value }) => ({ kind: 'refused', error, value }));
      },
    );
    return () => control.abort();
    // The question is told by `key`; the function is made anew with every drawing.
  }, [key, turn, ask === null]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { ...answer, again };
}

/** Something a person asked the core for: whether it is under way, and why it did not go. One at a time. */
import { useCallback, useState } from 'react';

export interface Ask {
  readonly isBusy: boolean;
  /** Of what was asked last; undefined: nothing went wrong. */
  readonly refusal: unknown;
  /** @returns undefined where it did not go; the reason is in `refusal` then */
  readonly ask: <Value>(asked: () => Promise<Value>) => Promise<{ readonly value: Value } | undefined>;
  readonly clear: () => void;
}

export function useAsk(): Ask {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const ask: Ask['ask'] = useCallback(async (asked) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      return { value: await asked() };
    } catch (error) {
      setRefusal(error);
      return undefined;
    } finally {
      setBusy(false);
    }
  }, []);
  return { isBusy, refusal, ask, clear: useCallback(() => setRefusal(undefined), []) };
}

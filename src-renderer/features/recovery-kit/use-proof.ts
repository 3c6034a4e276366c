/** Asks the core to open the place with the code alone. What was typed goes there and is kept nowhere. */
import { useState } from 'react';
import { isTidemarkError } from '#base/errors.ts';
import { useCore } from '../../core-link/use-core.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { useWords } from '../../text/use-words.ts';

export type ProofState =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  /** The mirror tells it as well. */
  | { readonly kind: 'proven' }
  | { readonly kind: 'refused'; readonly sentence: string };

export interface Proof {
  readonly proof: ProofState;
  readonly prove: (code: string) => void;
  /** Something else is being typed. */
  readonly startAgain: () => void;
}

export function useProof(placeId: string): Proof {
  const { calls } = useCore();
  const { kit } = useWords();
  const [proof, setProof] = useState<ProofState>({ kind: 'none' });
  const prove = (code: string): void => {
    setProof({ kind: 'asking' });
    calls['places.proveRecovery']({ placeId, code }).then(
      () => setProof({ kind: 'proven' }),
      (error: unknown) => setProof({ kind: 'refused', sentence: sentenceOf(error) }),
    );
  };
  const sentenceOf = (error: unknown): string => {
    if (isTidemarkError(error, 'repository.wrongPassword')) return kit.refusedCode;
    if (isTidemarkError(error, 'storage.unreachable') || isTidemarkError(error, 'storage.driveGone'))
      return kit.unreachable;
    return errorSentences(error);
  };
  return { proof, prove, startAgain: () => setProof({ kind: 'none' }) };
}

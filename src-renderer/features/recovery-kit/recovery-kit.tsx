/**
 * The recovery kit of a place: its page with the ways to keep it, and the proof that somebody has it. While this window
 * knows the code, the page can be made; later only the proof by the whole code, or another code, is left.
 */
import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { SecretText } from '#base/secret-text.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useHeldCode } from '../../core-link/held-codes.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { useWords } from '../../text/use-words.ts';
import type { KitFacts } from './kit-sheet-model.ts';
import { KitTable } from './kit-table.tsx';
import { FindKit } from './find-kit.tsx';
import { ProveByGroups } from './prove-by-groups.tsx';
import { ProveByCode } from './prove-by-code.tsx';
import { Proven } from './proven.tsx';
import './recovery-kit.css';

export interface RecoveryKitProps {
  readonly placeId: string;
  /** What stands above it, where it is the page; its own title elsewhere. */
  readonly head?: ReactNode;
}

export function RecoveryKit({ placeId, head }: RecoveryKitProps) {
  const { calls } = useCore();
  const { kit } = useWords();
  const mirror = useMirror();
  const code = useHeldCode(placeId);
  const facts = useAnswer(() => calls['kit.get']({ placeId }), [placeId, code === undefined]);
  const place = mirror?.places.find(({ id }) => id === placeId);
  if (mirror === undefined) return null;
  if (place === undefined)
    return (
      <section className="recovery-kit">
        <p>{kit.noPlace}</p>
        <Button component="a" href="#/places" variant="default">
          {kit.toPlaces}
        </Button>
      </section>
    );
  return (
    <section className="recovery-kit" aria-label={kit.title}>
      {head ?? (
        <header>
          <h2>{kit.title}</h2>
          <p>
            {kit.lead} {kit.leadLost}
          </p>
        </header>
      )}
      {facts.kind === 'refused' && (
        <p className="refusal" role="alert">
          {errorSentences(facts.error)}
        </p>
      )}
      {code !== undefined && facts.value === undefined && facts.kind === 'asking' && (
        <div className="paper-ghost" aria-label={kit.loading} />
      )}
      {code !== undefined && facts.value !== undefined ? (
        <KnownKit
          facts={facts.value}
          code={code}
          placeId={placeId}
          isProven={place.isRecoveryProven}
          hasPassphrase={facts.value.hasPassphrase}
        />
      ) : (
        code === undefined &&
        (place.isRecoveryProven ? (
          <FindKit placeId={placeId} />
        ) : (
          <ProveByCode placeId={placeId} hasPassphrase={facts.value?.hasPassphrase === true} />
        ))
      )}
    </section>
  );
}

interface KnownKitProps {
  readonly facts: KitFacts;
  readonly code: SecretText;
  readonly placeId: string;
  readonly isProven: boolean;
  readonly hasPassphrase: boolean;
}

function KnownKit({ facts, code, placeId, isProven, hasPassphrase }: KnownKitProps) {
  const [isCovered, setCovered] = useState(false);
  return (
    <>
      <KitTable facts={facts} code={code} isUrgent={!isProven} isCovered={isCovered} onCover={setCovered} />
      {isProven ? (
        <Proven />
      ) : (
        <ProveByGroups
          placeId={placeId}
          code={code}
          hasPassphrase={hasPassphrase}
          onBegin={() => setCovered(true)}
        />
      )}
    </>
  );
}

/** The window no longer knows the code: it is typed whole from the page, or the page is gone and another is made. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { CodeField } from '../../parts/code-field.tsx';
import { readTypedCode } from '../../parts/read-typed-code.ts';
import { useWords } from '../../text/use-words.ts';
import { Later } from './later.tsx';
import { RenewCode } from './renew-code.tsx';
import { useProof } from './use-proof.ts';

export interface ProveByCodeProps {
  readonly placeId: string;
  /** The person's own passphrase opens the place as well. */
  readonly hasPassphrase: boolean;
}

export function ProveByCode({ placeId, hasPassphrase }: ProveByCodeProps) {
  const { kit } = useWords();
  const [typed, setTyped] = useState('');
  const { proof, prove, startAgain } = useProof(placeId);
  const reading = readTypedCode(typed);
  const mayProve = reading.kind === 'complete' || reading.kind === 'text';
  return (
    <section className="proof">
      <h2>{kit.goneTitle}</h2>
      <p>{kit.goneBody}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (mayProve) prove(typed);
        }}
      >
        <CodeField
          label={kit.wholeCode}
          description={kit.wholeCodeHint}
          value={typed}
          onChange={(value) => {
            setTyped(value);
            startAgain();
          }}
          refusal={proof.kind === 'refused' ? proof.sentence : undefined}
        />
        <Button type="submit" loading={proof.kind === 'asking'} disabled={!mayProve}>
          {kit.prove}
        </Button>
      </form>
      <RenewCode placeId={placeId} ask={kit.cannotFind} />
      <Later hasPassphrase={hasPassphrase} />
    </section>
  );
}

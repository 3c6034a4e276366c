/** Another code in place of one that cannot be found: asked twice, because the old page is worth nothing afterwards. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { holdCode } from '../../core-link/held-codes.ts';
import { useCore } from '../../core-link/use-core.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { useWords } from '../../text/use-words.ts';

export function RenewCode({ placeId, ask }: { placeId: string; ask: string }) {
  const { calls } = useCore();
  const { kit } = useWords();
  const [isAsked, setAsked] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const renew = async (): Promise<void> => {
    setMaking(true);
    try {
      const { recoveryCode } = await calls['places.renewRecovery']({ placeId });
      if (recoveryCode !== null) holdCode(placeId, recoveryCode);
    } catch (error) {
      setRefusal(errorSentences(error));
      setMaking(false);
    }
  };
  if (!isAsked)
    return (
      <Button variant="default" className="renew" onClick={() => setAsked(true)}>
        {ask}
      </Button>
    );
  return (
    <div className="renewing">
      <p>{kit.renewBody}</p>
      {refusal !== undefined && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      <div className="buttons">
        <Button variant="default" onClick={() => setAsked(false)} disabled={isMaking}>
          {kit.cancel}
        </Button>
        <Button loading={isMaking} onClick={() => void renew()}>
          {kit.renew}
        </Button>
      </div>
    </div>
  );
}

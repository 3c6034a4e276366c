/** "Later" is always possible, and says what it means. */
import { Button } from '@mantine/core';
import { ShieldAlert } from 'lucide-react';
import { useWords } from '../../text/use-words.ts';

export function Later({ hasPassphrase }: { readonly hasPassphrase: boolean }) {
  const { kit } = useWords();
  return (
    <div className="later">
      <ShieldAlert size={17} strokeWidth={1.7} aria-hidden />
      <p>
        <b>{hasPassphrase ? kit.unprovenPage : kit.unproven}</b>{' '}
        {hasPassphrase ? kit.laterWithPassphrase : kit.laterBody}
      </p>
      <Button component="a" href="#/" variant="default">
        {kit.later}
      </Button>
    </div>
  );
}

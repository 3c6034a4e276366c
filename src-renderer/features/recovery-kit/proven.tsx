/** The page is known to open the place: now, or from another day. */
import { ShieldCheck } from 'lucide-react';
import { useWords } from '../../text/use-words.ts';
import { RenewCode } from './renew-code.tsx';

export function Proven({ placeId, isBefore = false }: { placeId: string; isBefore?: boolean }) {
  const { kit } = useWords();
  return (
    <section className="proof proven" role="status">
      <h3>
        <ShieldCheck size={20} strokeWidth={1.8} aria-hidden /> {isBefore ? kit.provenBefore : kit.proven}
      </h3>
      <p>{isBefore ? kit.provenBeforeBody : kit.provenBody}</p>
      {isBefore && <RenewCode placeId={placeId} ask={kit.cannotFind} />}
    </section>
  );
}

/** The page has just been shown to open the place. */
import { ShieldCheck } from 'lucide-react';
import { useWords } from '../../text/use-words.ts';

export function Proven() {
  const { kit } = useWords();
  return (
    <section className="proof proven" role="status">
      <h2>
        <ShieldCheck size={20} strokeWidth={1.8} aria-hidden /> {kit.proven}
      </h2>
      <p>{kit.provenBody}</p>
    </section>
  );
}

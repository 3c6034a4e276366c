/** The kit as a page of its own: `#/places/<id>/kit`. */
import { useWords } from '../../text/use-words.ts';
import { RecoveryKit } from './recovery-kit.tsx';

export function KitPage({ placeId }: { placeId: string }) {
  const { kit } = useWords();
  return (
    <div className="kit-page">
      <p>
        <a href="#/places">{kit.toPlaces}</a>
      </p>
      <RecoveryKit placeId={placeId} />
    </div>
  );
}

/** The kit as a page of its own: `#/places/<id>/kit`. */
import { useMirror } from '../../core-link/use-core.ts';
import { useWords } from '../../text/use-words.ts';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { RecoveryKit } from './recovery-kit.tsx';

export function KitPage({ placeId }: { placeId: string }) {
  const { kit, frame } = useWords();
  const place = useMirror()?.places.find(({ id }) => id === placeId);
  const back =
    place === undefined
      ? { href: '#/places', label: frame.places }
      : { href: `#/places/${placeId}`, label: place.name };
  return (
    <PageBody className="kit-page">
      <RecoveryKit
        placeId={placeId}
        head={<PageHead title={kit.title} note={`${kit.lead} ${kit.leadLost}`} back={back} />}
      />
    </PageBody>
  );
}

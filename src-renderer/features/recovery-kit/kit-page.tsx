/** The kit as a page of its own: `#/places/<id>/kit`, with all others who can open the copies; `?helper`: the page of one of them. */
import { useMirror } from '../../core-link/use-core.ts';
import { useWords } from '../../text/use-words.ts';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { HelperKit } from './helper-kit.tsx';
import { RecoveryKit } from './recovery-kit.tsx';
import { WhoCanOpen } from './who-can-open.tsx';

export function KitPage({ placeId, query }: { placeId: string; query: URLSearchParams }) {
  const helperId = query.get('helper');
  return helperId === null ? (
    <OwnKit placeId={placeId} />
  ) : (
    <HelperKit key={helperId} placeId={placeId} helperId={helperId} />
  );
}

function OwnKit({ placeId }: { placeId: string }) {
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
      {place !== undefined && <WhoCanOpen placeId={placeId} />}
    </PageBody>
  );
}

/** Everything that is known of the selected item. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMirror } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { provenShare, verifiedWords } from '../../../parts/proven-share.ts';
import { showLastName, showName } from '../../../text/show-name.ts';
import { useFormats, useShowPath, useWords } from '../../../text/use-words.ts';
import { useRanJobs } from '../ran-jobs.ts';
import { useHistory } from '../use-history.ts';
import { aboutFacts, placesOf, type Fact } from './about-facts.ts';
import { useOwner } from './use-owner.ts';
import type { Subject } from './use-subject.ts';

export function AboutTab({ subject }: { subject: Subject }) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const history = useHistory();
  const showPath = useShowPath();
  const nowMs = useNowMs(history.newest);
  const { path } = subject.item;
  const placeNames = placesOf(history, subject.current);
  const verified = useVerified(placeNames);
  const facts = aboutFacts(
    { subject, point: history.point, placeNames, verified, owner: useOwner(subject) },
    { words, formats, nowMs },
  );
  const shown: readonly Fact[] = [
    { name: words.name, value: showLastName(path) },
    { name: words.path, value: showPath(path) },
    ...facts,
  ];
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(showName(path));
    notifications.show({ message: words.pathCopied, autoClose: 4_000 });
  };
  return (
    <>
      <dl className="facts-list">
        {shown.map(({ name, value, code }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {code !== undefined && <code>{code}</code>}
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <Button variant="default" onClick={() => void copy()}>
        {words.copyPath}
      </Button>
    </>
  );
}

/** "Blue drive: all of it, 5 hours ago". */
function useVerified(placeNames: readonly string[]): readonly string[] {
  const mirror = useMirror();
  const ran = useRanJobs((state) => state.jobs);
  const { places: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs(mirror?.jobs);
  const places = mirror?.places.filter(({ name }) => placeNames.includes(name)) ?? [];
  return places.map(({ id, name }) => {
    const proven = provenShare(id, [...(mirror?.jobs ?? []), ...ran]);
    return `${name}: ${verifiedWords(proven, nowMs, { words, formats })}`;
  });
}

/** The page of a helper code, `#/places/<id>/kit?helper=<code>`: to be kept now, because the code is told once. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SecretText } from '#base/secret-text.ts';
import type { HeldKey } from '#contract/app/key-calls.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useHeldCode } from '../../core-link/held-codes.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { kitRoute } from './held-key-view.ts';
import { KitTable } from './kit-table.tsx';
import './recovery-kit.css';

export function HelperKit({ placeId, helperId }: { placeId: string; helperId: string }) {
  const { calls } = useCore();
  const { keys } = useWords();
  const code = useHeldCode(helperId);
  const held = useAnswer(async (signal) => (await calls['keys.list']({}, { signal })).keys, [helperId]);
  const key = held.value?.find(({ id }) => id === helperId);
  const name = key?.givenTo ?? '';
  const back = { href: kitRoute(placeId), label: keys.back };
  if (held.kind === 'here' && (code === undefined || key === undefined))
    return (
      <PageBody className="kit-page">
        <PageHead title={keys.helper} back={back} note={`${keys.helperGone} ${keys.helperGoneBody}`} />
        <Button component="a" href={kitRoute(placeId)} variant="default">
          {keys.back}
        </Button>
      </PageBody>
    );
  return (
    <PageBody className="kit-page">
      <PageHead
        title={name === '' ? keys.helper : keys.helperTitle(name)}
        back={back}
        note={keys.helperLead}
      />
      {held.kind === 'refused' && <NoteBar tone="danger">{errorSentences(held.error)}</NoteBar>}
      {key !== undefined && code !== undefined && (
        <section className="recovery-kit" aria-label={keys.helper}>
          <HelperTable helper={key} code={code} />
        </section>
      )}
    </PageBody>
  );
}

function HelperTable({ helper, code }: { helper: HeldKey; code: SecretText }) {
  const { calls } = useCore();
  const { keys } = useWords();
  const formats = useFormats();
  const places = useMirror()?.places ?? [];
  const [isCovered, setCovered] = useState(false);
  const facts = useAnswer(
    () =>
      Promise.all(
        helper.places.map(async ({ placeId, keyId }) => ({
          ...(await calls['kit.get']({ placeId })),
          keyIds: [keyId],
        })),
      ),
    [helper.places.map(({ placeId }) => placeId)],
  );
  const [first, ...otherPlaces] = facts.value ?? [];
  const named = (ids: readonly string[]): string =>
    formats.list(places.filter(({ id }) => ids.includes(id)).map((place) => place.name));
  const later = helper.places.flatMap(({ placeId, state }) => (state === 'willOpen' ? [placeId] : []));
  const without = places
    .map(({ id }) => id as string)
    .filter((id) => helper.places.every(({ placeId }) => placeId !== id));
  return (
    <>
      {later.length > 0 && <NoteBar tone="hint">{keys.helperOwed(named(later))}</NoteBar>}
      {without.length > 0 && <NoteBar tone="warning">{keys.helperRefused(named(without))}</NoteBar>}
      {facts.kind === 'refused' && <NoteBar tone="danger">{errorSentences(facts.error)}</NoteBar>}
      {first !== undefined && (
        <KitTable
          facts={first}
          code={code}
          isUrgent
          isCovered={isCovered}
          onCover={setCovered}
          helper={{ name: helper.givenTo ?? '', otherPlaces }}
        />
      )}
    </>
  );
}

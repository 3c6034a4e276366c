/** Changes to a place that want a second look: another recovery code, another address, forgetting it. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { PlaceOptions } from '#contract/app/place-options.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { holdCode } from '../../core-link/held-codes.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { optionsFor } from '../../parts/place-options-form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useFormats, useWords } from '../../text/use-words.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { NoteBar } from '../../ui/note-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { ProbeLocation, useProbe } from './probe-location.tsx';
import type { PlaceValue } from './view-model.ts';

export function RenewCode({ place, kitHref }: { readonly place: PlaceValue; readonly kitHref: string }) {
  const { calls } = useCore();
  const { places: words } = useWords();
  const [isAsked, setAsked] = useState(false);
  const { ask, isBusy, refusal } = useAsk();
  const renew = async (): Promise<void> => {
    const made = await ask(() => calls['places.renewRecovery']({ placeId: place.id }));
    if (made === undefined) return;
    if (made.value.recoveryCode !== null) holdCode(place.id, made.value.recoveryCode);
    location.hash = kitHref;
  };
  return (
    <div>
      <p>
        <b>{words.renew}</b>
        <span>{words.renewBody}</span>
      </p>
      <Button variant="default" onClick={() => setAsked(true)}>
        {words.renew}
      </Button>
      {isAsked && (
        <ConfirmDialog
          title={words.renew}
          confirmLabel={words.renew}
          cancelLabel={words.cancel}
          closeLabel={words.close}
          isBusy={isBusy}
          onConfirm={() => void renew()}
          onClose={() => setAsked(false)}
        >
          <p>{words.renewBody}</p>
          <Refusal error={refusal} />
        </ConfirmDialog>
      )}
    </div>
  );
}

export function MovePlace({ place, mirror }: { readonly place: PlaceValue; readonly mirror: Mirror }) {
  const { calls } = useCore();
  const { places: words } = useWords();
  const [typed, setTyped] = useState<string | null>(null);
  const [options, setOptions] = useState<PlaceOptions>(place.options);
  const answer = useProbe(typed ?? '', mirror, options);
  const { probe } = answer;
  const { ask, isBusy, refusal } = useAsk();
  const move = async (address: string): Promise<void> => {
    const done = await ask(() =>
      calls['places.move']({
        placeId: place.id,
        location: address,
        options: optionsFor(address, options),
      }),
    );
    if (done === undefined) return;
    setTyped(null);
    notifications.show({ message: words.moved });
  };
  return (
    <Section
      title={words.moveTitle}
      note={words.moveNote}
      actions={
        typed === null && (
          <Button variant="default" onClick={() => setTyped(place.location)}>
            {words.move}
          </Button>
        )
      }
    >
      {typed !== null && (
        <div className="card form">
          <ProbeLocation
            typed={typed}
            onType={setTyped}
            options={options}
            onOptions={setOptions}
            answer={answer}
          />
          <Refusal error={refusal} />
          <div className="buttons">
            <Button variant="default" onClick={() => setTyped(null)}>
              {words.cancel}
            </Button>
            <Button
              loading={isBusy}
              disabled={probe?.view.use !== 'open'}
              onClick={() => {
                if (probe !== undefined) void move(probe.location);
              }}
            >
              {words.moveSave}
            </Button>
          </div>
        </div>
      )}
    </Section>
  );
}

export function ForgetPlace({ place, mirror }: { readonly place: PlaceValue; readonly mirror: Mirror }) {
  const { calls } = useCore();
  const { places: words } = useWords();
  const formats = useFormats();
  const [isAsked, setAsked] = useState(false);
  const { ask, isBusy, refusal } = useAsk();
  const left = mirror.plans.filter(({ placeIds }) => placeIds.length === 1 && placeIds[0] === place.id);
  const forget = async (): Promise<void> => {
    const done = await ask(() => calls['places.remove']({ placeId: place.id }));
    if (done !== undefined) location.hash = '#/places';
  };
  return (
    <Section
      title={words.forgetTitle}
      note={words.forgetNote}
      actions={
        <Button variant="default" onClick={() => setAsked(true)}>
          {words.forget}
        </Button>
      }
    >
      {isAsked && (
        <ConfirmDialog
          title={words.forgetAsk(place.name)}
          confirmLabel={words.forget}
          cancelLabel={words.cancel}
          closeLabel={words.close}
          isDanger
          isBusy={isBusy}
          onConfirm={() => void forget()}
          onClose={() => setAsked(false)}
        >
          <p>{words.forgetNote}</p>
          {left.length > 0 && (
            <NoteBar tone="warning">{words.forgetLast(formats.list(left.map(({ name }) => name)))}</NoteBar>
          )}
          {!place.isRecoveryProven && <NoteBar tone="warning">{words.forgetKit}</NoteBar>}
          <Refusal error={refusal} />
        </ConfirmDialog>
      )}
    </Section>
  );
}

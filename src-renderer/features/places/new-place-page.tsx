/** `#/places/new`: what the machine sees now as cards, any other address below, then a name. */
import { Button, TextInput } from '@mantine/core';
import { Archive, Folder, HardDrive, RotateCw, Server, Usb, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { PlaceOptions } from '#contract/app/place-options.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { holdCode } from '../../core-link/held-codes.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { optionsFor } from '../../parts/place-options-form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useFormats, useShowPath, useWords } from '../../text/use-words.ts';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ProbeLocation, useProbe } from './probe-location.tsx';
import { suggestName } from './view-model.ts';

type MachinePlace = Awaited<ReturnType<CoreLink['calls']['machine.places']>>[number];

export function NewPlacePage({ mirror }: { readonly mirror: Mirror }) {
  const { calls } = useCore();
  const { places: words } = useWords();
  const [typed, setTyped] = useState('');
  const [typedName, setTypedName] = useState<string | null>(null);
  const [options, setOptions] = useState<PlaceOptions>({});
  const answer = useProbe(typed, mirror, options);
  const { probe } = answer;
  const { ask, isBusy, refusal } = useAsk();
  const found = useAnswer((signal) => calls['machine.places']({}, { signal }), []);
  const chosen = found.value?.find(({ location }) => location === typed);
  const name = typedName ?? chosen?.name ?? (typed.trim() === '' ? '' : suggestName(typed.trim()));

  const create = async (location: string): Promise<void> => {
    const made = await ask(() =>
      calls['places.create']({
        name: name.trim(),
        location,
        options: optionsFor(location, options),
      }),
    );
    if (made === undefined) return;
    const { placeId, recoveryCode } = made.value;
    if (recoveryCode !== null) holdCode(placeId, recoveryCode);
    globalThis.location.hash = `#/places/${encodeURIComponent(placeId)}/kit`;
  };
  return (
    <PageBody className="places new-place">
      <PageHead title={words.newTitle} note={words.newNote} back={{ href: '#/places', label: words.back }} />
      <Section
        title={words.foundHere}
        actions={
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<RotateCw size={15} strokeWidth={1.7} aria-hidden />}
            onClick={found.again}
          >
            {words.lookAgain}
          </Button>
        }
      >
        <Found
          places={found.value}
          isRefused={found.kind === 'refused'}
          chosen={typed}
          onChoose={({ location }) => setTyped(location)}
        />
      </Section>
      <Section title={words.elsewhere}>
        <form
          className="card form"
          onSubmit={(event) => {
            event.preventDefault();
            if (probe?.view.use === 'create' && name.trim() !== '') void create(probe.location);
          }}
        >
          <ProbeLocation
            typed={typed}
            onType={setTyped}
            options={options}
            onOptions={setOptions}
            answer={answer}
          />
          {probe?.view.use === 'open' && (
            <div className="buttons">
              <Button
                component="a"
                href={`#/recover?${new URLSearchParams({
                  location: probe.location,
                  name,
                  ...optionsFor(probe.location, options),
                }).toString()}`}
              >
                {words.openExisting}
              </Button>
            </div>
          )}
          {probe?.view.use === 'create' && (
            <>
              <TextInput
                label={words.name}
                description={words.nameHint}
                value={name}
                maxLength={200}
                onChange={({ currentTarget }) => setTypedName(currentTarget.value)}
              />
              <div className="buttons">
                <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
                  {words.create}
                </Button>
              </div>
            </>
          )}
          <Refusal error={refusal} />
        </form>
      </Section>
    </PageBody>
  );
}

const ICONS: Readonly<Record<MachinePlace['kind'], LucideIcon>> = {
  drive: HardDrive,
  network: Server,
  folder: Folder,
  existing: Archive,
};

interface FoundProps {
  readonly places: readonly MachinePlace[] | undefined;
  readonly isRefused: boolean;
  readonly chosen: string;
  readonly onChoose: (place: MachinePlace) => void;
}

function Found({ places, isRefused, chosen, onChoose }: FoundProps) {
  const showPath = useShowPath();
  const { frame, places: words } = useWords();
  const formats = useFormats();
  if (places === undefined && !isRefused) return <Skeleton label={frame.loading} lines={2} />;
  if (places === undefined || places.length === 0) return <p className="quiet">{words.noneFound}</p>;
  return (
    <ul className="found-places">
      {places.map((place) => {
        const Icon = place.kind === 'drive' && place.isRemovable ? Usb : ICONS[place.kind];
        const facts = [
          words[place.kind],
          place.freeBytes === null || place.totalBytes === null
            ? ''
            : words.freeOf(formats.bytes(place.freeBytes), formats.bytes(place.totalBytes)),
          place.isRemovable ? words.removable : '',
        ].filter((part) => part !== '');
        return (
          <li key={place.location}>
            <button
              type="button"
              className="card"
              aria-pressed={chosen === place.location}
              onClick={() => onChoose(place)}
            >
              <Icon size={22} strokeWidth={1.6} aria-hidden />
              <span className="what">
                <b>{place.name}</b>
                <span>{facts.join(' · ')}</span>
                <span className="where">{showPath(place.location)}</span>
                {place.sameDiskAsHome && <span className="caution">{words.sameDisk}</span>}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** "Where shall the copies live?": what the machine has now, looked at again and again, and how safe the choice is. */
import { Button } from '@mantine/core';
import { FolderOpen, Server } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { AddressForm, type ProbedAddress } from '../../parts/address-form.tsx';
import { useChooseFolder } from '../../parts/choose-folder.tsx';
import { errorSentences } from '../../text/error-sentences.ts';
import { showLastName, showName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { PlaceCard } from './place-card.tsx';
import { SafetyMeter } from './safety-meter.tsx';
import { Stage } from './stage.tsx';
import { lookAtPlace, OWN_FOLDER, startProtecting } from './start-protecting.ts';
import { bestPlace, chosenOf, fitOf, folderAround, meterOf } from './view-model.ts';
import { showScreen, useWelcome, type PlaceChoice } from './view-store.ts';

/** A drive that is plugged in appears by itself. */
const LOOK_AGAIN_MS = 3_000;

export function PlacesScreen() {
  const { calls } = useCore();
  const words = useWords();
  const { welcome } = words;
  const { bytes, count } = useFormats();
  const { folders, sizes, presets, ownPlaces, location, isStarting } = useWelcome();
  const chooseFolder = useChooseFolder();
  const [refusal, setRefusal] = useState<string>();
  const [isTyping, setTyping] = useState(false);
  const found = useAnswer(() => calls['machine.places']({}), ['places']);
  useEffect(() => {
    const timer = setInterval(found.again, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const here = useFolderHere();
  const chosen = chosenOf(folders ?? [], sizes);
  const places = found.value === undefined ? [] : placesOf(found.value, [...ownPlaces, ...here]);
  const place =
    places.find((each) => each.location === location) ??
    (location === null ? bestPlace(places, chosen.bytes) : undefined);
  const look = useAnswer(
    place === undefined ? null : () => lookAtPlace(calls, place.location, place.options),
    [place?.location ?? null],
  );
  /** What it asked for first, a login or trust, it has got. */
  const takeFar = ({ kind, location: address, options, freeBytes }: ProbedAddress): string | undefined => {
    if (kind === 'otherFiles') return words.places.probe.otherFiles;
    const far: PlaceChoice = {
      location: address,
      options,
      name: showLastName(address),
      kind: kind === 'repository' ? 'existing' : 'network',
      freeBytes,
      sameDiskAsHome: !/^[a-z][a-z0-9]+:/i.test(address) && liesBeside(address, places),
      isRemovable: false,
    };
    useWelcome.setState({
      ownPlaces: [...ownPlaces.filter((each) => each.location !== address), far],
      location: address,
    });
    setTyping(false);
    return undefined;
  };
  const addOwn = async (): Promise<void> => {
    const folder = await chooseFolder({ mustBeWritable: true });
    if (folder === null) return;
    setRefusal(undefined);
    await useOwnPlace(folder);
  };
  /** A folder of the person's own, on whichever of the drives it lies. */
  const useOwnPlace = async (folder: WirePath): Promise<void> => {
    // A place is named by text: one whose name is none cannot be told to restic either.
    if (typeof folder !== 'string') return setRefusal(welcome.notUsable(showName(folder)));
    const own: PlaceChoice = {
      location: folder,
      name: showLastName(folder),
      kind: 'folder',
      freeBytes: (await calls['places.probe']({ location: folder })).freeBytes,
      sameDiskAsHome: liesBeside(folder, places),
      isRemovable: false,
    };
    useWelcome.setState({
      ownPlaces: [...ownPlaces.filter((each) => each.location !== folder), own],
      location: folder,
    });
  };
  const start = async (to: string, name: string): Promise<void> => {
    setRefusal(undefined);
    try {
      await startProtecting(calls, {
        planName: welcome.planName,
        placeName: name,
        location: to,
        options: place?.options ?? {},
        folders: chosen.folders,
        presets: presets ?? ['caches'],
      });
    } catch (error) {
      setRefusal(errorSentences(error));
    }
  };
  const around = place === undefined ? undefined : folderAround(place.location, chosen.folders);
  const usable =
    around === undefined && look.kind === 'here' && look.value.kind === 'usable' ? look.value : null;
  const fits = place === undefined || fitOf(place.freeBytes, chosen.bytes).kind !== 'not';
  return (
    <Stage
      title={welcome.placesTitle}
      body={welcome.placesBody}
      number={2}
      onBack={() => showScreen('folders')}
      sum={
        <span className="sum" role="status">
          {isStarting
            ? welcome.starting
            : welcome.chosen(welcome.files(count(chosen.files), chosen.files === 1), bytes(chosen.bytes))}
        </span>
      }
      action={
        <Button
          size="md"
          loading={isStarting}
          disabled={usable === null || !fits || place === undefined}
          onClick={() =>
            usable !== null && place !== undefined && void start(usable.location, nameOf(place, places))
          }
        >
          {welcome.start}
        </Button>
      }
    >
      {refusal !== undefined && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {found.value?.length === 0 && <p className="nothing">{welcome.noPlaces}</p>}
      <div className="place-cards" role="radiogroup" aria-label={welcome.placesTitle}>
        {places.map((each) => (
          <PlaceCard
            key={each.location}
            place={each}
            neededBytes={chosen.bytes}
            isChosen={each.location === place?.location}
            look={each.location === place?.location && look.kind === 'here' ? look.value : null}
            around={each.location === place?.location ? around : undefined}
            onChoose={() => useWelcome.setState({ location: each.location })}
          />
        ))}
        {places.length === 0 && found.kind === 'asking' && (
          <div className="ghost" aria-label={welcome.lookingForPlaces} />
        )}
      </div>
      <div className="below">
        <Button
          variant="default"
          leftSection={<FolderOpen size={16} strokeWidth={1.7} aria-hidden />}
          onClick={() => void addOwn()}
        >
          {welcome.otherFolder}
        </Button>
        {!isTyping && (
          <Button
            variant="default"
            leftSection={<Server size={16} strokeWidth={1.7} aria-hidden />}
            onClick={() => setTyping(true)}
          >
            {welcome.farPlace}
          </Button>
        )}
      </div>
      {isTyping && (
        <AddressForm
          label={welcome.farAddress}
          hint={welcome.farHint}
          action={welcome.farUse}
          onProbed={takeFar}
        />
      )}
      <SafetyMeter meter={meterOf(place)} />
    </Stage>
  );
}

/** A folder of this computer is always offered, last: some have no drive, and a copy here is better than none. */
function useFolderHere(): readonly PlaceChoice[] {
  const { calls } = useCore();
  const { welcome } = useWords();
  const home = useAnswer(() => calls['host.listFolder']({ folder: null }), ['home']);
  if (home.value === undefined || typeof home.value.folder !== 'string' || !home.value.canWrite) return [];
  return [
    {
      location: `${home.value.folder}/${OWN_FOLDER}`,
      name: welcome.folderHere,
      kind: 'folder',
      freeBytes: home.value.freeBytes,
      sameDiskAsHome: true,
      isRemovable: false,
    },
  ];
}

/** A drive that is itself a backup is told twice: then only as the backup. */
function placesOf(found: readonly PlaceChoice[], own: readonly PlaceChoice[]): PlaceChoice[] {
  const backups = new Set(found.filter(({ kind }) => kind === 'existing').map(({ location }) => location));
  const seen = found.filter(({ kind, location }) => kind === 'existing' || !backups.has(location));
  return [...seen, ...own.filter(({ location }) => !seen.some((each) => each.location === location))];
}

/** By the found place that is nearest above it; one above which none is known is taken to be the home's disk. */
function liesBeside(folder: string, places: readonly PlaceChoice[]): boolean {
  const above = places
    .filter(({ location }) => folder.startsWith(`${location}/`) || folder === location)
    .sort((a, b) => b.location.length - a.location.length);
  return above[0]?.sameDiskAsHome ?? true;
}

/** Two sticks may have one name: then the folder tells them apart. */
function nameOf(place: PlaceChoice, places: readonly PlaceChoice[]): string {
  const isOnly = places.filter(({ name }) => name === place.name).length === 1;
  return isOnly ? place.name : `${place.name} (${place.location})`;
}

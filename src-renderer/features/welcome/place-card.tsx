/** A place that the machine has now: what it is, whether the copies fit, and what lies there. */
import { Button } from '@mantine/core';
import { Archive, Folder, HardDrive, Server, TriangleAlert, Usb, type LucideIcon } from 'lucide-react';
import type { WirePath } from '#contract/app/values.ts';
import { showLastName } from '../../text/show-name.ts';
import type { Formats } from '../../text/formats.ts';
import { useFormats, useShowPath, useWords } from '../../text/use-words.ts';
import type { Words } from '../../text/language.ts';
import type { PlaceLook } from './start-protecting.ts';
import { fitOf } from './view-model.ts';
import type { PlaceChoice } from './view-store.ts';

export interface PlaceCardProps {
  readonly place: PlaceChoice;
  readonly neededBytes: number;
  readonly isChosen: boolean;
  /** What was found there; null: nobody has looked. */
  readonly look: PlaceLook | null;
  /** The protected folder in which it lies. */
  readonly around: WirePath | undefined;
  readonly onChoose: () => void;
}

export function PlaceCard({ place, neededBytes, isChosen, look, around, onChoose }: PlaceCardProps) {
  const showPath = useShowPath();
  const { welcome } = useWords();
  const formats = useFormats();
  const Icon = iconOf(place);
  const isExisting = place.kind === 'existing' || look?.kind === 'existing';
  const fit = fitOf(place.freeBytes, neededBytes);
  const facts = [
    place.kind === 'existing' ? showPath(place.location) : kindWords(place, welcome),
    ...(place.freeBytes === null ? [] : [welcome.free(formats.bytes(place.freeBytes))]),
  ];
  return (
    <div className={isChosen ? 'place-card chosen' : 'place-card'}>
      <label>
        <input type="radio" name="place" checked={isChosen} onChange={onChoose} />
        <Icon size={22} strokeWidth={1.6} aria-hidden />
        <span className="name">
          <b>{place.name}</b>
          <span>{facts.join(' · ')}</span>
        </span>
        {isExisting ? (
          <em className="found">{welcome.existing}</em>
        ) : (
          fit.kind !== 'unknown' && (
            <em className={fit.kind === 'not' ? 'bad' : 'good'}>{fitWords(fit, welcome, formats)}</em>
          )
        )}
      </label>
      {place.sameDiskAsHome && !isExisting && (
        <p className="warning">
          <TriangleAlert size={15} strokeWidth={1.7} aria-hidden /> {welcome.sameDisk}
        </p>
      )}
      {isChosen && around !== undefined && (
        <p className="detail bad" role="alert">
          {welcome.liesInside(showLastName(around))}
        </p>
      )}
      {isChosen && around === undefined && <PlaceDetail place={place} look={look} />}
    </div>
  );
}

function PlaceDetail({ place, look }: { place: PlaceChoice; look: PlaceLook | null }) {
  const showPath = useShowPath();
  const { welcome } = useWords();
  if (look === null) return <p className="detail">{welcome.probing}</p>;
  switch (look.kind) {
    case 'usable':
      return <p className="detail">{welcome.makesFolder(showPath(look.location))}</p>;
    case 'refused':
      return (
        <p className="detail bad" role="alert">
          {welcome.notUsable(look.reason ?? welcome.cannotWrite)}
        </p>
      );
    case 'existing':
      return (
        <div className="detail">
          <p>{welcome.existingBody}</p>
          <Button
            component="a"
            size="xs"
            variant="default"
            leftSection={<Archive size={14} strokeWidth={1.7} aria-hidden />}
            href={`#/recover?location=${encodeURIComponent(look.location)}&name=${encodeURIComponent(place.name)}`}
          >
            {welcome.openExisting}
          </Button>
        </div>
      );
  }
}

function iconOf({ kind, isRemovable }: PlaceChoice): LucideIcon {
  if (kind === 'network') return Server;
  if (kind === 'folder') return Folder;
  if (kind === 'existing') return Archive;
  return isRemovable ? Usb : HardDrive;
}

function kindWords({ kind, isRemovable }: PlaceChoice, welcome: Words['welcome']): string {
  if (kind === 'network') return welcome.network;
  if (kind === 'folder') return welcome.folder;
  return isRemovable ? welcome.removable : welcome.fixedDrive;
}

function fitWords(
  fit: Exclude<ReturnType<typeof fitOf>, { kind: 'unknown' }>,
  welcome: Words['welcome'],
  { bytes, count }: Formats,
): string {
  switch (fit.kind) {
    case 'not':
      return welcome.fitsNot(bytes(fit.missingBytes));
    case 'once':
      return welcome.fitsOnce;
    case 'plenty':
      return welcome.fitsPlenty;
    case 'times':
      return welcome.fitsTimes(count(fit.times));
  }
}

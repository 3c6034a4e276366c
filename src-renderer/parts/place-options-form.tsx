/**
 * What few need to say of a cloud storage, folded away: its region, how its buckets are addressed, in which class files are
 * stored. Kept with the place, and travels with the settings.
 */
import { NativeSelect, TextInput } from '@mantine/core';
import type { PlaceOption, PlaceOptions } from '#contract/app/place-options.ts';
import { useWords } from '../text/use-words.ts';
import { loginKindOf } from './place-login.tsx';

const LOOKUPS = ['auto', 'dns', 'path'] as const;

/** Those of another kind stay as they were typed, and count for nothing. */
export function optionsFor(location: string, options: PlaceOptions): PlaceOptions {
  return loginKindOf(location) === 's3' ? options : {};
}

export interface PlaceOptionsFormProps {
  readonly value: PlaceOptions;
  readonly onChange: (options: PlaceOptions) => void;
}

export function PlaceOptionsForm({ value, onChange }: PlaceOptionsFormProps) {
  const { options: words } = useWords().places;
  const set = (name: PlaceOption, typed: string): void => {
    const { [name]: _before, ...others } = value;
    onChange(typed === '' ? others : { ...others, [name]: typed });
  };
  return (
    <details className="place-options" open={Object.keys(value).length > 0 || undefined}>
      <summary>{words.title}</summary>
      <p className="quiet">{words.note}</p>
      <div className="fields">
        <TextInput
          label={words.region}
          description={words.regionHint}
          value={value['s3.region'] ?? ''}
          maxLength={64}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget }) => set('s3.region', currentTarget.value.trim())}
        />
        <TextInput
          label={words.storageClass}
          description={words.storageClassHint}
          value={value['s3.storage-class'] ?? ''}
          maxLength={64}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget }) =>
            set('s3.storage-class', currentTarget.value.replace(/[^A-Za-z0-9_-]/g, ''))
          }
        />
        <NativeSelect
          label={words.lookup}
          description={words.lookupHint}
          value={value['s3.bucket-lookup'] ?? 'auto'}
          data={LOOKUPS.map((lookup) => ({ value: lookup, label: words.lookups[lookup] }))}
          onChange={({ currentTarget }) =>
            set('s3.bucket-lookup', currentTarget.value === 'auto' ? '' : currentTarget.value)
          }
        />
      </div>
    </details>
  );
}

/** What the places hold, one place at a time. */
import { Select } from '@mantine/core';
import { useState } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { SpaceCharts } from '../../parts/space-charts.tsx';
import { useWords } from '../../text/use-words.ts';
import { Section } from '../../ui/section.tsx';

export function SpacePanel({ mirror, nowMs }: { readonly mirror: Mirror; readonly nowMs: number }) {
  const { overview } = useWords();
  const { places } = mirror;
  const [chosen, setChosen] = useState<string | null>(null);
  const place =
    places.find(({ id }) => id === chosen) ??
    places.find(({ presence }) => presence === 'present') ??
    places[0];
  if (place === undefined) return null;
  const newest = mirror.health.copies.find(({ placeId }) => placeId === place.id)?.newestAtMs;
  return (
    <Section
      title={overview.spaceTitle}
      isCard
      {...(places.length < 2
        ? {}
        : {
            actions: (
              <Select
                size="xs"
                aria-label={overview.spacePlace}
                data={places.map(({ id, name }) => ({ value: id, label: name }))}
                value={place.id}
                allowDeselect={false}
                onChange={setChosen}
              />
            ),
          })}
    >
      <SpaceCharts placeId={place.id} news={newest} nowMs={nowMs} />
    </Section>
  );
}

/** What is left out: by kinds with a tick and a reason, and by own patterns. */
import { Checkbox, Textarea } from '@mantine/core';
import { useState } from 'react';
import { EXCLUSION_PRESETS, type ExclusionPreset } from '#contract/app/values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { showName } from '../../text/show-name.ts';
import { useWords } from '../../text/use-words.ts';
import { Section } from '../../ui/section.tsx';
import type { EditorPartProps } from './editor-part.ts';
import { patternLines, toPatterns } from './view-model.ts';

export function LeftOutSection({ choices, onChange }: EditorPartProps) {
  const { calls } = useCore();
  const { folders: words } = useWords();
  const { value: presets } = useAnswer((signal) => calls['plans.presets']({}, { signal }), []);
  const { exclusions } = choices;
  const { text, foreign } = patternLines(exclusions.patterns);
  // As typed, with the empty lines and blanks that no pattern has; what else changes the patterns wins.
  const [typed, setTyped] = useState(text);
  const shown = patternLines(toPatterns(typed, [])).text === text ? typed : text;
  const tick = (preset: ExclusionPreset, isOut: boolean): void =>
    onChange({
      ...choices,
      exclusions: {
        ...exclusions,
        presets: EXCLUSION_PRESETS.filter((each) =>
          each === preset ? isOut : exclusions.presets.includes(each),
        ),
      },
    });
  return (
    <Section title={words.leftOut} isCard>
      <div className="ticks">
        {EXCLUSION_PRESETS.map((preset) => {
          const patterns = presets?.find((each) => each.preset === preset)?.patterns ?? [];
          return (
            <Checkbox
              key={preset}
              label={words.presets[preset]}
              description={words.presetNotes[preset]}
              title={words.presetList(patterns.map(showName).join(', '))}
              checked={exclusions.presets.includes(preset)}
              onChange={({ currentTarget }) => tick(preset, currentTarget.checked)}
            />
          );
        })}
        <Textarea
          label={words.patterns}
          description={words.patternsNote}
          rows={Math.min(8, Math.max(3, shown.split('\n').length + 1))}
          spellCheck={false}
          value={shown}
          onChange={({ currentTarget: { value } }) => {
            setTyped(value);
            onChange({ ...choices, exclusions: { ...exclusions, patterns: toPatterns(value, foreign) } });
          }}
        />
        {foreign.length > 0 && <p className="quiet">{words.foreignPatterns(foreign.length)}</p>}
      </div>
    </Section>
  );
}

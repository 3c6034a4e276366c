/** "Left out: caches, 61 GB": what the exclusions keep out of the copies, with the list to change it. */
import { Anchor, Button, Checkbox, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ExclusionPreset, WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { showName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { useWelcome } from './view-store.ts';

export function LeftOut({ folders }: { folders: readonly WirePath[] }) {
  const { calls } = useCore();
  const { welcome } = useWords();
  const { bytes, list } = useFormats();
  const presets = useWelcome((state) => state.presets);
  const [isOpen, setOpen] = useState(false);
  const all = useAnswer(() => calls['plans.presets']({}), ['presets']);
  useEffect(() => {
    if (all.kind !== 'here' || useWelcome.getState().presets !== null) return;
    useWelcome.setState({
      presets: all.value.filter(({ isDefault }) => isDefault).map(({ preset }) => preset),
    });
  }, [all]);
  const ask = { folders: [...folders], exclusions: { presets: [...(presets ?? [])], patterns: [] } };
  const preview = useAnswer(
    presets === null || folders.length === 0 ? null : (signal) => calls['plans.preview'](ask, { signal }),
    [ask],
  );
  if (presets === null || all.value === undefined) return null;
  const leftOutBytes = preview.kind === 'here' ? preview.value.leftOutBytes : null;
  const turn = (preset: ExclusionPreset, isOut: boolean): void =>
    useWelcome.setState({
      presets: isOut ? [...presets, preset] : presets.filter((each) => each !== preset),
    });
  return (
    <div className="left-out">
      <span>
        {presets.length === 0
          ? welcome.nothingLeftOut
          : welcome.leftOut(
              list(presets.map((preset) => welcome.preset[preset])),
              leftOutBytes === null || leftOutBytes === 0 ? null : bytes(leftOutBytes),
            )}{' '}
        <Anchor component="button" type="button" onClick={() => setOpen(true)}>
          {welcome.seeList}
        </Anchor>
      </span>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={welcome.leftOutTitle}
        size="lg"
        closeButtonProps={{ 'aria-label': welcome.close }}
      >
        <div className="left-out-list">
          <p>{welcome.leftOutBody}</p>
          {all.value.map(({ preset, patterns }) => (
            <Checkbox
              key={preset}
              checked={presets.includes(preset)}
              onChange={({ currentTarget }) => turn(preset, currentTarget.checked)}
              label={welcome.preset[preset]}
              description={patterns.map(showName).join('  ')}
            />
          ))}
          <Button onClick={() => setOpen(false)}>{welcome.close}</Button>
        </div>
      </Modal>
    </div>
  );
}

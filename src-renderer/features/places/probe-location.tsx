/** A location that is typed or chosen, with what lies there as soon as the typing rests. */
import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { PlaceOptions } from '#contract/app/place-options.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useChooseFolder } from '../../parts/choose-folder.tsx';
import { loginKindOf, PlaceLogin } from '../../parts/place-login.tsx';
import { optionsFor, PlaceOptionsForm } from '../../parts/place-options-form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useFormats, useSpeech } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';
import { PlaceTest } from './place-test.tsx';
import { probeView, type ProbeView } from './view-model.ts';

const REST_MS = 400;

export interface Probe {
  /** As the place names itself. */
  readonly location: string;
  readonly view: ProbeView;
  readonly freeBytes: number | null;
}

export interface ProbeAnswer {
  /** Undefined while nothing is known of what is typed now. */
  readonly probe: Probe | undefined;
  readonly error: unknown;
  readonly again: () => void;
}

/** @param options of the place, where its kind has any */
export function useProbe(typed: string, mirror: Mirror, options: PlaceOptions): ProbeAnswer {
  const { calls } = useCore();
  const speech = useSpeech();
  const [location] = useDebouncedValue(typed.trim(), REST_MS);
  const [rested] = useDebouncedValue(options, REST_MS);
  const answer = useAnswer(
    location === ''
      ? null
      : async (signal) => ({
          asked: location,
          ...(await calls['places.probe']({ location, options: optionsFor(location, rested) }, { signal })),
        }),
    [location, JSON.stringify(rested)],
  );
  const found = answer.value;
  const { again } = answer;
  const nothing = { probe: undefined, error: undefined, again };
  if (location === '' || location !== typed.trim()) return nothing;
  if (answer.kind === 'refused') return { ...nothing, error: answer.error };
  if (found === undefined || found.asked !== location) return nothing;
  const { freeBytes } = found;
  return {
    probe: { location: found.location, freeBytes, view: probeView(found, mirror, speech) },
    error: undefined,
    again,
  };
}

export interface ProbeLocationProps {
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly options: PlaceOptions;
  readonly onOptions: (options: PlaceOptions) => void;
  readonly answer: ProbeAnswer;
  /** In place of what makes a new place of it. */
  readonly sentence?: string;
}

export function ProbeLocation(props: ProbeLocationProps) {
  const { typed, onType, options, onOptions, answer, sentence } = props;
  const { probe, error, again } = answer;
  const loginKind = loginKindOf(typed.trim());
  const {
    words: { places: words },
  } = useSpeech();
  const formats = useFormats();
  const chooseFolder = useChooseFolder();
  const { calls } = useCore();
  const { ask, refusal } = useAsk();
  const { instead, trusts } = probe?.view ?? {};
  const trust = async (fingerprint: string): Promise<void> => {
    const login = { TIDEMARK_SFTP_HOST_KEY: fingerprint };
    const done = await ask(() => calls['places.login']({ location: typed.trim(), login }));
    if (done !== undefined) again();
  };
  const choose = async (): Promise<void> => {
    const folder = await chooseFolder({ mustBeWritable: true });
    // A folder whose name is no text has no address that could be typed.
    if (typeof folder === 'string') onType(folder);
  };
  return (
    <div className="probe-location">
      <div className="line">
        <TextInput
          label={words.location}
          description={words.locationHint}
          value={typed}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget }) => onType(currentTarget.value)}
        />
        <Button variant="default" onClick={() => void choose()}>
          {words.choose}
        </Button>
      </div>
      {loginKind !== undefined && (
        <PlaceLogin key={loginKind} location={typed.trim()} kind={loginKind} onGiven={again} />
      )}
      {loginKind === 's3' && <PlaceOptionsForm value={options} onChange={onOptions} />}
      <div aria-live="polite" className="found">
        {typed.trim() !== '' && probe === undefined && error === undefined && (
          <p className="probing">{words.probing}…</p>
        )}
        {probe !== undefined && (
          <NoteBar
            tone={probe.view.tone}
            action={
              (instead !== undefined && (
                <Button variant="default" size="compact-md" onClick={() => onType(instead)}>
                  {words.useFolder}
                </Button>
              )) ||
              (trusts !== undefined && (
                <Button variant="default" size="compact-md" onClick={() => void trust(trusts)}>
                  {words.trust}
                </Button>
              ))
            }
          >
            {sentence ?? probe.view.sentence}
            {probe.freeBytes !== null && ` ${words.free(formats.bytes(probe.freeBytes))}.`}
          </NoteBar>
        )}
        <Refusal error={error ?? refusal} />
      </div>
      {probe?.view.use !== undefined && (
        <PlaceTest key={probe.location} location={typed.trim()} options={optionsFor(typed.trim(), options)} />
      )}
    </div>
  );
}

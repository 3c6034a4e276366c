/** What lies in the place: by computer, what it protected and when it saved that last; to go on with, or to look at. */
import { Button } from '@mantine/core';
import { Laptop } from 'lucide-react';
import { useState } from 'react';
import { useCore } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { showName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { openPlace } from './open-place.ts';
import { byComputer, type RecoverStep, type SavedState } from './recover-steps.ts';

export interface ChooseStateProps {
  readonly step: Extract<RecoverStep, { kind: 'choose' }>;
  readonly onStep: (step: RecoverStep) => void;
}

export function ChooseState({ step, onStep }: ChooseStateProps) {
  const { calls } = useCore();
  const { recover } = useWords();
  const computers = byComputer(step.states);
  const [chosen, setChosen] = useState(computers[0]?.newest);
  const [isTaking, setTaking] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const { location, options, name } = step.backup;
  const act = async (asked: () => Promise<RecoverStep>): Promise<void> => {
    setTaking(true);
    setRefusal(undefined);
    try {
      onStep(await asked());
    } catch (error) {
      setRefusal(errorSentences(error));
      setTaking(false);
    }
  };
  const take = async ({ snapshotId }: SavedState): Promise<RecoverStep> => {
    const { notRemembered, ...taken } = await calls['adopt.take']({
      location,
      options,
      password: step.password,
      snapshotId,
    });
    return { kind: 'done', taken, notRemembered };
  };
  const look = (): Promise<RecoverStep> =>
    openPlace(calls, { name, location, options, password: step.password, addsKey: true });
  return (
    <section>
      <h2>{computers.length === 0 ? recover.noSettings : recover.listTitle}</h2>
      <p className="dim">{computers.length === 0 ? recover.noSettingsBody : recover.listBody}</p>
      <div className="states" role="radiogroup" aria-label={recover.listTitle}>
        {computers.map(({ hostname, newest, older }) => (
          <div key={hostname} className="computer">
            <StateCard state={newest} isChosen={chosen === newest} onChoose={() => setChosen(newest)} />
            {older.length > 0 && (
              <details>
                <summary>{recover.olderStates}</summary>
                {older.map((state) => (
                  <StateCard
                    key={state.snapshotId}
                    state={state}
                    isChosen={chosen === state}
                    onChoose={() => setChosen(state)}
                  />
                ))}
              </details>
            )}
          </div>
        ))}
      </div>
      {refusal !== undefined && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      <div className="ways">
        {chosen !== undefined && (
          <div className="way">
            <h3>{recover.goesOn(showName(chosen.hostname))}</h3>
            <p>
              {recover.takeOverBody} {recover.goesOnBody(showName(chosen.hostname))}
            </p>
            <Button size="md" loading={isTaking} onClick={() => void act(() => take(chosen))}>
              {recover.takeOver}
            </Button>
          </div>
        )}
        <div className="way">
          <h3>{recover.justLook}</h3>
          <p>{recover.justLookBody}</p>
          <Button
            size="md"
            variant={chosen === undefined ? 'filled' : 'default'}
            disabled={isTaking}
            onClick={() => void act(look)}
          >
            {recover.lookButton}
          </Button>
        </div>
      </div>
    </section>
  );
}

interface StateCardProps {
  readonly state: SavedState;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function StateCard({ state, isChosen, onChoose }: StateCardProps) {
  const { recover } = useWords();
  const { ago, fullMoment, list } = useFormats();
  const nowMs = useNowMs();
  const { hostname, planNames, placeNames, savedAtMs } = state;
  return (
    <label className={isChosen ? 'state chosen' : 'state'}>
      <input type="radio" name="state" checked={isChosen} onChange={onChoose} />
      <Laptop size={20} strokeWidth={1.6} aria-hidden />
      <span>
        <b>{showName(hostname)}</b>
        <span title={fullMoment(savedAtMs)}>{recover.savedAgo(ago(savedAtMs, nowMs))}</span>
      </span>
      <span>
        <span>
          {planNames.length === 0 ? recover.noPlans : recover.plansOf(list(planNames.map(showName)))}
        </span>
        <span>{recover.placesOf(list(placeNames.map(showName)))}</span>
      </span>
    </label>
  );
}

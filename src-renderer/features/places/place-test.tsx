/** Tries a place out when asked: writes, reads, lists, removes, measures. Leaving the page gives it up; it cleans up then, too. */
import { Button } from '@mantine/core';
import { CircleCheck, CircleHelp, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { PlaceOptions } from '#contract/app/place-options.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore } from '../../core-link/use-core.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useSpeech } from '../../text/use-words.ts';
import { trialView, type TrialLine } from './trial-view.ts';

type Found = Awaited<ReturnType<CoreLink['calls']['places.test']>>;

/** There is something or nothing, and no copies. */
const MISSED: ReadonlySet<string> = new Set<Found['probe']['kind']>(['missing', 'empty', 'otherFiles']);

const ICONS: Readonly<Record<TrialLine['tone'], LucideIcon>> = {
  good: CircleCheck,
  hint: Info,
  warning: TriangleAlert,
  quiet: CircleHelp,
};

interface PlaceTestProps {
  readonly location: string;
  readonly options?: PlaceOptions;
  /** Copies are to be there: what a folder around a missing place can do is no comfort. */
  readonly isInUse?: boolean;
}

export function PlaceTest({ location, options = {}, isInUse = false }: PlaceTestProps) {
  const { calls } = useCore();
  const speech = useSpeech();
  const words = speech.words.places.trial;
  const { ask, isBusy, refusal } = useAsk();
  const [found, setFound] = useState<Found>();
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);

  const test = async (): Promise<void> => {
    const { signal } = (control.current = new AbortController());
    setFound(undefined);
    const done = await ask(() => calls['places.test']({ location, options }, { signal }));
    if (done !== undefined) setFound(done.value);
  };
  const isGone = found !== undefined && isInUse && MISSED.has(found.probe.kind);
  return (
    <div className="place-test">
      <div className="line">
        <p>
          <b>{words.title}</b>
          <span>{words.note}</span>
        </p>
        <Button variant="default" loading={isBusy} onClick={() => void test()}>
          {found === undefined ? words.start : words.again}
        </Button>
      </div>
      <div aria-live="polite">
        {isBusy && <p className="probing">{words.busy}…</p>}
        {isGone && (
          <ul className="trial">
            <TrialRow line={{ tone: 'warning', title: words.copies, words: words.copiesMissed }} />
          </ul>
        )}
        {found !== undefined && !isGone && (
          <ul className="trial">
            {trialView(found.trial, found.probe.freeBytes, Date.now(), speech).map((line) => (
              <TrialRow key={line.title} line={line} />
            ))}
          </ul>
        )}
      </div>
      <Refusal error={refusal} />
    </div>
  );
}

function TrialRow({ line: { tone, title, words } }: { readonly line: TrialLine }) {
  const Icon = ICONS[tone];
  return (
    <li className={tone}>
      <Icon size={16} strokeWidth={1.8} aria-hidden />
      <b>{title}</b>
      <span>{words}</span>
    </li>
  );
}

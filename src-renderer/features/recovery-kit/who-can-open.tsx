/** Every key that opens the copies, in words, with the ways to give one to somebody else and to take one back. */
import { Button } from '@mantine/core';
import { Bot, KeyRound, Laptop, LifeBuoy, UserRound, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { HeldKey } from '#contract/app/key-calls.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useFormats, useSpeech, useWords } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { AddHelper } from './add-helper.tsx';
import { heldKeyView, inOrder, type HeldKeyView } from './held-key-view.ts';
import { SetPassphrase } from './set-passphrase.tsx';
import { WithdrawKey } from './withdraw-key.tsx';
import './who-can-open.css';

const ICONS: Readonly<Record<HeldKey['kind'], LucideIcon>> = {
  machine: Laptop,
  recovery: LifeBuoy,
  helper: UserRound,
  passphrase: KeyRound,
  foreign: Bot,
};

export function WhoCanOpen({ placeId }: { placeId: string }) {
  const { calls } = useCore();
  const speech = useSpeech();
  const { keys: words } = speech.words;
  const mirror = useMirror();
  const nowMs = useNowMs(mirror);
  const [asks, setAsks] = useState<'helper' | 'passphrase'>();
  const [told, setTold] = useState<string>();
  // A code that was made or proven meanwhile, and a place that came, make another list.
  const news = mirror?.places.map(({ id, presence, isRecoveryProven }) => [id, presence, isRecoveryProven]);
  const held = useAnswer((signal) => calls['keys.list']({}, { signal }), [news]);
  if (mirror === undefined) return null;
  const { keys = [], away = [], unknown = [] } = held.value ?? {};
  const done = (sentence: string): void => {
    setAsks(undefined);
    setTold(sentence);
    held.again();
  };
  return (
    <Section
      title={words.title}
      note={words.note}
      actions={
        <>
          <Button variant="default" onClick={() => setAsks('passphrase')}>
            {keys.some(({ kind }) => kind === 'passphrase') ? words.changePassphrase : words.setPassphrase}
          </Button>
          <Button variant="default" onClick={() => setAsks('helper')}>
            {words.addHelper}
          </Button>
        </>
      }
    >
      <div className="who-can-open" aria-busy={held.kind === 'asking'}>
        <div role="status">{told !== undefined && <p className="told">{told}</p>}</div>
        {held.kind === 'refused' && <Refusal error={held.error} />}
        {held.value === undefined && held.kind === 'asking' && <p className="dim">{words.loading}</p>}
        {keys.length > 0 && (
          <ul className="card">
            {inOrder(keys).map((key) => (
              <HeldKeyRow
                key={key.id}
                held={key}
                view={heldKeyView(key, mirror.places, unknown, nowMs, speech)}
                onDone={done}
              />
            ))}
          </ul>
        )}
        <AsSeen away={away} unknown={unknown} />
      </div>
      {asks === 'helper' && <AddHelper placeId={placeId} onClose={() => setAsks(undefined)} />}
      {asks === 'passphrase' && <SetPassphrase onClose={() => setAsks(undefined)} onDone={done} />}
    </Section>
  );
}

interface HeldKeyRowProps {
  readonly held: HeldKey;
  readonly view: HeldKeyView;
  readonly onDone: (sentence: string) => void;
}

function HeldKeyRow({ held, view, onDone }: HeldKeyRowProps) {
  const { keys: words } = useWords();
  const [isAsked, setAsked] = useState(false);
  const Icon = ICONS[held.kind];
  return (
    <li>
      <Icon size={19} strokeWidth={1.6} aria-hidden />
      <p>
        <b>{view.title}</b>
        <span>{view.facts.join(' · ')}</span>
      </p>
      {view.withdrawable.length > 0 && (
        <Button variant="default" size="xs" onClick={() => setAsked(true)}>
          {words.withdraw}
        </Button>
      )}
      {view.stays !== undefined && <i>{view.stays}</i>}
      {isAsked && (
        <WithdrawKey
          held={held}
          view={view}
          onClose={() => setAsked(false)}
          onDone={(sentence) => {
            setAsked(false);
            onDone(sentence);
          }}
        />
      )}
    </li>
  );
}

function AsSeen({
  away,
  unknown,
}: {
  readonly away: readonly string[];
  readonly unknown: readonly string[];
}) {
  const { keys: words } = useWords();
  const formats = useFormats();
  const places = useMirror()?.places ?? [];
  const named = (ids: readonly string[]): string =>
    formats.list(places.filter(({ id }) => ids.includes(id)).map(({ name }) => name));
  return (
    <>
      {away.length > 0 && <p className="dim">{words.asLastSeen(named(away))}</p>}
      {unknown.length > 0 && <NoteBar tone="hint">{words.unknown(named(unknown))}</NoteBar>}
    </>
  );
}

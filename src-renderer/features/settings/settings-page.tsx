/** `#/settings`: how the window looks, how Tidemark runs, and what is to know about it. What is chosen counts at once. */
import { Button, SegmentedControl, Switch } from '@mantine/core';
import { useRef, useState, type ReactNode } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { WindowSettings } from '#contract/app/settings-calls.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useShowPath, useWords } from '../../text/use-words.ts';
import { Facts } from '../../ui/facts.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { LICENCES } from './licences.ts';
import './settings.css';

const HOUR_MS = 3_600_000;
const MORNING_HOUR = 6;

export function SettingsPage() {
  const mirror = useMirror();
  const { frame } = useWords();
  if (mirror === undefined)
    return (
      <PageBody isBusy>
        <Skeleton label={frame.loading} />
      </PageBody>
    );
  return <Settings mirror={mirror} />;
}

function Settings({ mirror }: { readonly mirror: Mirror }) {
  const { calls } = useCore();
  const { settings: words } = useWords();
  const { ask, refusal } = useAsk();
  const { settings } = mirror;
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  // One after the other, each on what the one before has made of it: the mirror may still be behind.
  const put = (next: Partial<WindowSettings>): void => {
    turn.current = turn.current.then(() =>
      ask(async () => calls['settings.put']({ ...(await calls['settings.get']({})), ...next })),
    );
  };
  return (
    <PageBody className="settings">
      <PageHead title={words.title} />
      <Refusal error={refusal} />
      <Section title={words.look}>
        <div className="card">
          <Choice
            label={words.language}
            value={settings.language}
            names={words.languages}
            onChange={(language) => put({ language })}
          />
          <Choice
            label={words.theme}
            value={settings.theme}
            names={words.themes}
            onChange={(theme) => put({ theme })}
          />
          {isAccentTold() && (
            <Choice
              label={words.accent}
              value={settings.accent}
              names={words.accents}
              onChange={(accent) => put({ accent })}
            />
          )}
          <Choice
            label={words.rows}
            value={settings.rowHeight}
            names={words.rowHeights}
            onChange={(rowHeight) => put({ rowHeight })}
          />
          <Choice
            label={words.band}
            value={settings.bandPosition}
            names={words.bands}
            onChange={(bandPosition) => put({ bandPosition })}
          />
          <Row label={words.showDeleted} note={words.showDeletedNote}>
            <Switch
              aria-label={words.showDeleted}
              checked={settings.showDeleted}
              onChange={({ currentTarget }) => put({ showDeleted: currentTarget.checked })}
            />
          </Row>
        </div>
      </Section>
      <Running mirror={mirror} />
      <About />
    </PageBody>
  );
}

/** By who runs the window; a browser tells of none. */
function isAccentTold(): boolean {
  return getComputedStyle(document.documentElement).getPropertyValue('--system-accent') !== '';
}

interface RowProps {
  readonly label: string;
  readonly note?: string;
  readonly children: ReactNode;
}

function Row({ label, note, children }: RowProps) {
  return (
    <div className="setting">
      <p>
        <b>{label}</b>
        {note !== undefined && <span>{note}</span>}
      </p>
      <div className="control">{children}</div>
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly names: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, names, onChange }: ChoiceProps<Value>) {
  return (
    <Row label={label}>
      <SegmentedControl
        aria-label={label}
        data={(Object.keys(names) as Value[]).map((each) => ({ value: each, label: names[each] }))}
        value={value}
        onChange={onChange}
      />
    </Row>
  );
}

function Running({ mirror }: { readonly mirror: Mirror }) {
  const { calls } = useCore();
  const core = useCoreSentences();
  const { settings: words } = useWords();
  const nowMs = useNowMs(mirror);
  const { ask, refusal } = useAsk();
  const autostart = useAnswer((signal) => calls['host.getAutostart']({}, { signal }), []);
  const { pause } = mirror;
  const setAutostart = async (isOn: boolean): Promise<void> => {
    await ask(() => calls['host.setAutostart']({ isOn }));
    autostart.again();
  };
  const pauseUntil = (untilMs: number): void => void ask(() => calls['pause.set']({ untilMs }));
  return (
    <Section title={words.running}>
      <div className="card">
        {typeof autostart.value === 'boolean' && (
          <Row label={words.autostart} note={words.autostartNote}>
            <Switch
              aria-label={words.autostart}
              checked={autostart.value}
              onChange={({ currentTarget }) => void setAutostart(currentTarget.checked)}
            />
          </Row>
        )}
        <Row
          label={pause === null ? words.pause : words.pausedUntil(core.until(pause.untilMs, nowMs))}
          note={words.pauseNote}
        >
          {pause === null ? (
            <>
              <Button variant="default" onClick={() => pauseUntil(nowMs + HOUR_MS)}>
                {words.pauseHour}
              </Button>
              <Button variant="default" onClick={() => pauseUntil(tomorrowMs(nowMs))}>
                {words.pauseTomorrow}
              </Button>
            </>
          ) : (
            <Button onClick={() => void ask(() => calls['pause.clear']({}))}>{words.goOn}</Button>
          )}
        </Row>
        <Refusal error={refusal} />
      </div>
    </Section>
  );
}

function About() {
  const showPath = useShowPath();
  const { calls } = useCore();
  const { settings: words } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { value: info } = useAnswer((signal) => calls['app.info']({}, { signal }), []);
  return (
    <Section title={words.about}>
      <div className="card">
        {info !== undefined && (
          <Facts
            facts={[
              [words.version, info.version],
              [words.host, words.hosts[info.host]],
              [words.computer, info.hostname],
              [words.profile, <code key="profile">{showPath(info.profileFolder)}</code>],
              [words.format, words.formatBody],
            ]}
          />
        )}
        <Row label={words.licences} note={words.licencesNote}>
          <Button variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? words.licencesHide : words.licencesShow}
          </Button>
        </Row>
        {isOpen && (
          <ul className="licences">
            {LICENCES.map(([name, licence]) => (
              <li key={name}>
                {name} <span>{licence}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}

function tomorrowMs(nowMs: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING_HOUR).getTime();
}

/**
 * The inspector: what is selected, looked into from four sides. Also draws the strip across the window and the large
 * preview, because both look at the same thing.
 */
import { Button, Tabs } from '@mantine/core';
import { Download } from 'lucide-react';
import { memo, useEffect } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useSaveWords } from '../hand-out/use-save-copy.tsx';
import { useHistory } from '../use-history.ts';
import { historyDeeds, useHistoryView, type InspectorTab } from '../view-store.ts';
import { placesOf } from './about-facts.ts';
import { AboutTab } from './about-tab.tsx';
import { DifferenceTab } from './difference-tab.tsx';
import { LargePreview, PreviewTab } from './preview-tab.tsx';
import { blinkVersions, stepVersion } from './strip-moves.ts';
import { rowKey, stripRows, stripSummary, type StripSpeech } from './strip-view.ts';
import { useLeaps } from './use-leaps.ts';
import { useSubject, type Subject } from './use-subject.ts';
import { VersionStrip } from './version-strip.tsx';
import './inspector.css';

/** The frame with its tabs; what moves with time is drawn by the body alone. */
export const Inspector = memo(function Inspector() {
  const { inspector: words } = useWords();
  const tab = useHistoryView((view) => view.inspectorTab);
  const showTab = useHistoryView((view) => view.showTab);
  return (
    <aside className="inspector" aria-label={words.label}>
      <Tabs
        value={tab}
        onChange={(value) => {
          if (value !== null) showTab(value as InspectorTab);
        }}
        keepMounted={false}
      >
        <Tabs.List>
          {(Object.keys(words.tabs) as InspectorTab[]).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <InspectorBody tab={tab} />
      </Tabs>
    </aside>
  );
});

function InspectorBody({ tab }: { tab: InspectorTab }) {
  const say = useCoreSentences();
  const subject = useSubject();
  useDeeds(subject);
  if (subject === undefined) return <NothingToShow />;
  return (
    <>
      <Tabs.Panel value={tab} className="inspector-panel" key={tab}>
        <SubjectHead subject={subject} />
        {subject.strip.kind === 'refused' && subject.strip.value === undefined ? (
          <p role="alert">{say.error(subject.strip.error)}</p>
        ) : (
          <TabContent tab={tab} subject={subject} />
        )}
      </Tabs.Panel>
      <WideStrip subject={subject} />
      <LargePreview subject={subject} />
    </>
  );
}

/** Nothing is chosen, or more than one. */
function NothingToShow() {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const count = useHistoryView((view) => view.selection.length);
  return (
    <div className="inspector-empty">
      <p>{count > 1 ? words.manySelected(formats.count(count)) : words.nothingSelected}</p>
      {count > 1 && <p>{words.manyHint}</p>}
      {count > 0 && <SaveCopy />}
    </div>
  );
}

function TabContent({ tab, subject }: { tab: InspectorTab; subject: Subject }) {
  switch (tab) {
    case 'versions':
      return <VersionsTab subject={subject} />;
    case 'preview':
      return <PreviewTab subject={subject} />;
    case 'difference':
      return <DifferenceTab subject={subject} />;
    case 'about':
      return <AboutTab subject={subject} />;
  }
}

function SubjectHead({ subject: { item, strip, current } }: { subject: Subject }) {
  const speech = useStripSpeech();
  const places = placesOf(useHistory(), current);
  const summary = strip.value === undefined ? '' : stripSummary(strip.value.items, speech);
  const kept = places.length === 0 ? '' : speech.words.keptIn(speech.formats.list(places));
  return (
    <header>
      <div>
        <h2 title={showLastName(item.path)}>{showLastName(item.path)}</h2>
        <SaveCopy isSmall />
      </div>
      <p>{[summary, kept].filter((part) => part !== '').join(' · ')}</p>
    </header>
  );
}

/** Of what is selected, at the moment in view. */
function SaveCopy({ isSmall = false }: { isSmall?: boolean }) {
  const selection = useHistoryView((view) => view.selection);
  const label = useSaveWords()(selection);
  const icon = <Download size={17} strokeWidth={1.7} aria-hidden />;
  const save = (): void => historyDeeds.saveCopy?.();
  return isSmall ? (
    <button type="button" className="tool is-bare" aria-label={label} title={label} onClick={save}>
      {icon}
    </button>
  ) : (
    <Button variant="default" leftSection={icon} onClick={save}>
      {label}
    </Button>
  );
}

function VersionsTab({ subject }: { subject: Subject }) {
  const { inspector: words } = useWords();
  const { strip } = subject;
  const versions = strip.value?.items.filter(({ item }) => item.kind === 'version').length ?? 0;
  return (
    <div aria-busy={strip.kind === 'asking'}>
      <Strip subject={subject} isWide={false} />
      {strip.value?.isCut === true && <p className="hint">{words.versionsCut}</p>}
      {versions > 1 && <p className="hint">{words.blinkHint}</p>}
    </div>
  );
}

function WideStrip({ subject }: { subject: Subject }) {
  const isOpen = useHistoryView((view) => view.isStripWide);
  return isOpen ? (
    <section className="wide-strip">
      <Strip subject={subject} isWide />
    </section>
  ) : null;
}

function Strip({ subject, isWide }: { subject: Subject; isWide: boolean }) {
  const speech = useStripSpeech();
  const { strip, current, item } = subject;
  const leaps = useLeaps(subject);
  if (strip.value === undefined) return null;
  const { items } = strip.value;
  const [newest] = items;
  const lastSeen = newest?.item.kind === 'version' && !newest.item.isNewest ? newest.item : undefined;
  return (
    <>
      {lastSeen !== undefined && (
        <p className="gone">
          {speech.words.goneSince(speech.formats.moment(lastSeen.to.timeMs, speech.nowMs))}
        </p>
      )}
      <VersionStrip
        placeId={subject.placeId}
        rows={stripRows(items, speech, leaps)}
        currentKey={current === undefined ? null : rowKey(current, item.path)}
        isWide={isWide}
      />
    </>
  );
}

/** What the keys of the page do with versions, while there is something to do it with. */
function useDeeds(subject: Subject | undefined): void {
  useEffect(() => {
    const items = subject?.strip.value?.items;
    const version = subject?.current;
    if (items === undefined || version === undefined || subject === undefined) return undefined;
    const { path } = subject.item;
    historyDeeds.stepVersion = (direction) => stepVersion(items, { path, version }, direction);
    historyDeeds.blink = blinkVersions;
    return () => {
      delete historyDeeds.stepVersion;
      delete historyDeeds.blink;
    };
  }, [subject?.strip.value, subject?.current, subject?.item]);
}

function useStripSpeech(): StripSpeech {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const { newest } = useHistory();
  return { words, formats, nowMs: useNowMs(newest) };
}

/** The history page: everything that was ever saved, at any moment. Puts its parts together; each reads the store. */
import { Button } from '@mantine/core';
import { CircleSlash, Hourglass, Inbox } from 'lucide-react';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useMirror } from '../../core-link/use-core.ts';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { ActionBar } from './action-bar.tsx';
import { announceInto } from './announce.ts';
import { HeatTable } from './band/heat-table.tsx';
import { TimeBand } from './band/time-band.tsx';
import { Banners } from './banners.tsx';
import { CompareView } from './compare/compare-view.tsx';
import { Contents } from './contents/contents.tsx';
import { Notice } from './contents/folder-notice.tsx';
import { Divider, useDetailsWidth } from './divider.tsx';
import { Inspector } from './inspector/inspector.tsx';
import { KeepSheet } from './keep-sheet.tsx';
import { KeysSheet } from './keys-sheet.tsx';
import { readOpening } from './open-address.ts';
import { PutBackSheet } from './put-back/put-back-sheet.tsx';
import { SearchOverlay } from './search/search-overlay.tsx';
import { TopBar } from './top-bar.tsx';
import { DragOut } from './hand-out/drag-chip.tsx';
import { HistoryContext, useHistoryQuestion, type History } from './use-history.ts';
import { useKeptFocus } from './use-kept-focus.ts';
import { useKeys } from './use-keys.ts';
import { useHistoryView } from './view-store.ts';
import { WaysIn } from './ways-in.tsx';
import './timeline.css';

export interface HistoryPageProps {
  readonly query: URLSearchParams;
}

export function HistoryPage({ query }: HistoryPageProps) {
  const history = useHistoryQuestion();
  const isFromNowhere = useOpening(query, history);
  return (
    <HistoryContext value={history}>
      {history.kind === 'here' ? (
        <Page history={history} isFromNowhere={isFromNowhere} />
      ) : (
        <Nothing history={history} />
      )}
    </HistoryContext>
  );
}

/** Opens what the address asks for, once its points are known, and again when the address changes. */
function useOpening(query: URLSearchParams, { kind, sources }: History): boolean {
  const [isFromNowhere, setFromNowhere] = useState(false);
  const opened = useRef<string>(undefined);
  const address = query.toString();
  // Before the page is painted: an effect after it would come a frame later.
  useLayoutEffect(() => {
    if (kind !== 'here' || opened.current === address) return;
    const opening = readOpening(query, sources);
    if (opening === undefined) return;
    const view = useHistoryView.getState();
    const isBackAgain = opened.current === undefined && opening.isFromNowhere && view.placeId !== null;
    opened.current = address;
    setFromNowhere(opening.isFromNowhere);
    // Whoever comes back finds the page as it was left.
    if (isBackAgain && sources.some((one) => one.placeId === view.placeId && one.series === view.series))
      return;
    view.openSource(opening.placeId, opening.series, opening.folder);
    view.openFolder(opening.folder, { pointId: opening.pointId, select: opening.select });
  }, [kind, sources, address]);
  return isFromNowhere;
}

interface PageProps {
  readonly history: History;
  readonly isFromNowhere: boolean;
}

/** An address alone changes nothing in it: what it asks for comes by the store. */
const Page = memo(function Page({ history, isFromNowhere }: PageProps) {
  const { history: words } = useWords();
  const mirror = useMirror();
  const isInspectorOpen = useHistoryView((view) => view.isInspectorOpen);
  const isChoosing = useHistoryView((view) => view.isChoosingCompare);
  const isComparing = useHistoryView((view) => view.compareWithId !== null);
  const [detailsPx, setDetailsPx] = useDetailsWidth();
  const { source, points, reading } = history;
  useKeys();
  useKeptFocus();
  useShowDeleted();
  if (source === undefined) return <div className="timeline" aria-busy="true" />;
  const isBandBelow = mirror?.settings.bandPosition === 'bottom';
  return (
    <div className={isBandBelow ? 'timeline is-band-below' : 'timeline'}>
      <h1 className="unseen">{words.title}</h1>
      <div ref={announceInto} className="unseen" aria-live="polite" />
      <TopBar />
      <TimeBand source={source} points={points} reading={reading} />
      <div className="timeline-middle">
        {isFromNowhere && <WaysIn />}
        <Banners />
        {isChoosing && (
          <p className="choosing" role="status">
            {words.chooseCompare}
          </p>
        )}
        <div className="timeline-body">
          {isComparing ? <CompareView /> : <Contents />}
          {isInspectorOpen && (
            <>
              <Divider widthPx={detailsPx} onWidth={setDetailsPx} />
              <div className="details" data-region style={{ width: detailsPx }}>
                <Inspector />
              </div>
            </>
          )}
        </div>
      </div>
      <ActionBar />
      <KeysSheet />
      <KeepSheet />
      <HeatTable />
      <SearchOverlay />
      <PutBackSheet />
      <DragOut />
    </div>
  );
});

/** As the settings say, until the person says otherwise here. */
function useShowDeleted(): void {
  const mirror = useMirror();
  const showDeleted = mirror?.settings.showDeleted;
  useEffect(() => {
    if (showDeleted !== undefined) useHistoryView.getState().set({ showDeleted });
  }, [showDeleted]);
}

/** Why there is nothing to look at. */
function Nothing({ history }: { history: History }) {
  const { history: words, frame } = useWords();
  const formats = useFormats();
  const sentences = useCoreSentences();
  const mirror = useMirror();
  if (history.kind === 'asking')
    return <div className="timeline" aria-busy="true" aria-label={frame.loading} />;
  const running = mirror?.jobs.find(({ kind, state }) => kind === 'backup' && state === 'running');
  const hasPlans = mirror !== undefined && mirror.plans.length > 0;
  return (
    <div className="timeline is-empty">
      <h1 className="unseen">{words.title}</h1>
      {history.kind === 'refused' ? (
        <Notice icon={CircleSlash} title={words.refused} help={sentences.error(history.error)}>
          <Button onClick={() => history.again()}>{words.again}</Button>
        </Notice>
      ) : running !== undefined ? (
        <Notice icon={Hourglass} title={words.noBackupRunning} help={words.noBackupRunningHelp}>
          <p role="status">
            {words.filesSoFar(
              formats.count(running.progress?.filesDone ?? 0),
              running.progress?.filesDone === 1,
            )}
          </p>
        </Notice>
      ) : hasPlans ? (
        <Notice icon={Inbox} title={words.noBackup} help={words.noBackupHelp} />
      ) : (
        <Notice icon={Inbox} title={words.noPlace} help={words.noPlaceHelp}>
          <Button component="a" href="#/recover">
            {words.toRecover}
          </Button>
          <Button component="a" href="#/folders/new" variant="default">
            {words.toFolders}
          </Button>
        </Notice>
      )}
    </div>
  );
}

/** The frame: navigation at the left, the page of the route beside it. */
import { Suspense, useEffect } from 'react';
import { useMirror } from '../core-link/use-core.ts';
import { FolderChooser } from '../parts/choose-folder.tsx';
import { DropZone } from '../parts/drop-zone.tsx';
import { useWords } from '../text/use-words.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { loadAhead, pageOf } from './pages.tsx';
import { Sidebar } from './sidebar.tsx';
import { useRoute } from './use-route.ts';

export function Frame() {
  const route = useRoute();
  const { frame } = useWords();
  const mirror = useMirror();
  const isNew = mirror?.plans.length === 0 && mirror.places.length === 0;
  const isFirstRun = isNew && route.page === 'overview';
  // Nothing is protected: there is nothing to look at yet, but a first question.
  useEffect(() => {
    if (isFirstRun) location.replace('#/welcome');
  }, [isFirstRun]);
  useEffect(() => {
    const waiting = requestIdleCallback(loadAhead);
    return () => cancelIdleCallback(waiting);
  }, []);
  // One question at a time: what leads elsewhere comes when there is something to go to.
  const isAlone = route.page === 'welcome' || (route.page === 'recover' && isNew) || isFirstRun;
  return (
    <div className="frame">
      {!isAlone && <Sidebar page={route.page} />}
      <main className="page" id="page" tabIndex={-1}>
        <Suspense fallback={null}>
          <ErrorBoundary key={route.page} words={frame}>
            {isFirstRun ? null : pageOf(route)}
          </ErrorBoundary>
        </Suspense>
      </main>
      <FolderChooser />
      <DropZone
        otherwise={
          isAlone ? null : { words: frame.dropped, inBrowser: frame.droppedInBrowser, take: showVersions }
        }
      />
    </div>
  );
}

/** Of one: the window shows one thing at a time. */
function showVersions([path = '']: readonly string[]): void {
  location.hash = `#/history?path=${encodeURIComponent(path)}`;
}

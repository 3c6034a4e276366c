/** The frame: navigation at the left, the page of the route beside it. */
import { Button } from '@mantine/core';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { useMirror } from '../core-link/use-core.ts';
import { ActivityPage } from '../features/activity/activity-page.tsx';
import { FoldersPage } from '../features/folders/folders-page.tsx';
import { OverviewPage } from '../features/overview/overview-page.tsx';
import { PlacesPage } from '../features/places/places-page.tsx';
import { RecoverPage } from '../features/recover/recover-page.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { WelcomePage } from '../features/welcome/welcome-page.tsx';
import { FolderChooser } from '../parts/choose-folder.tsx';
import { useWords } from '../text/use-words.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import type { Route } from './read-route.ts';
import { Sidebar } from './sidebar.tsx';
import { useRoute } from './use-route.ts';

const RecoveryKit = lazy(async () => ({
  default: (await import('../features/recovery-kit/recovery-kit.tsx')).RecoveryKit,
}));
const KitPage = lazy(async () => ({
  default: (await import('../features/recovery-kit/kit-page.tsx')).KitPage,
}));

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
  // One question at a time: what leads elsewhere comes when there is something to go to.
  const isAlone = route.page === 'welcome' || (route.page === 'recover' && isNew) || isFirstRun;
  return (
    <div className="frame">
      {!isAlone && <Sidebar page={route.page} />}
      <main className="page" id="page" tabIndex={-1}>
        <ErrorBoundary key={route.page} words={frame}>
          <Suspense fallback={null}>{isFirstRun ? null : pageOf(route)}</Suspense>
        </ErrorBoundary>
      </main>
      <FolderChooser />
    </div>
  );
}

function pageOf(route: Route): ReactNode {
  switch (route.page) {
    case 'overview':
      return <OverviewPage />;
    case 'folders':
      return <FoldersPage which={route.rest[0]} />;
    case 'places': {
      const [which, part] = route.rest;
      if (which !== undefined && part === 'kit') return <KitPage placeId={which} />;
      return <PlacesPage which={which} query={route.query} />;
    }
    case 'activity':
      return <ActivityPage jobId={route.rest[0]} query={route.query} />;
    case 'settings':
      return <SettingsPage />;
    case 'welcome':
      return <WelcomePage kit={(placeId) => <RecoveryKit placeId={placeId} />} />;
    case 'recover':
      return <RecoverPage query={route.query} />;
    default:
      return <NoSuchPage />;
  }
}

function NoSuchPage() {
  const { frame } = useWords();
  return (
    <div className="notice">
      <h1>{frame.noPage}</h1>
      <Button component="a" href="#/">
        {frame.toOverview}
      </Button>
    </div>
  );
}

/** The frame: navigation at the left, the page of the route beside it. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { FoldersPage } from '../features/folders/folders-page.tsx';
import { OverviewPage } from '../features/overview/overview-page.tsx';
import { PlacesPage } from '../features/places/places-page.tsx';
import { FolderChooser } from '../parts/choose-folder.tsx';
import { useWords } from '../text/use-words.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import type { Route } from './read-route.ts';
import { Sidebar } from './sidebar.tsx';
import { useRoute } from './use-route.ts';

export function Frame() {
  const route = useRoute();
  const { frame } = useWords();
  return (
    <div className="frame">
      <Sidebar page={route.page} />
      <main className="page" id="page" tabIndex={-1}>
        <ErrorBoundary key={route.page} words={frame}>
          {pageOf(route)}
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
    case 'places':
      return <PlacesPage which={route.rest[0]} query={route.query} />;
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

/** Which component draws which page. Those that most starts do not need are loaded when they are. */
import { Button } from '@mantine/core';
import { lazy, type ReactNode } from 'react';
import { OverviewPage } from '../features/overview/overview-page.tsx';
import { WelcomePage } from '../features/welcome/welcome-page.tsx';
import { useWords } from '../text/use-words.ts';
import type { Page, Route } from './read-route.ts';

const ActivityPage = lazy(async () => ({
  default: (await import('../features/activity/activity-page.tsx')).ActivityPage,
}));
const FoldersPage = lazy(async () => ({
  default: (await import('../features/folders/folders-page.tsx')).FoldersPage,
}));
const loadHistory = async () => ({
  default: (await import('../features/timeline/history-page.tsx')).HistoryPage,
});
const HistoryPage = lazy(loadHistory);
const KitPage = lazy(async () => ({
  default: (await import('../features/recovery-kit/kit-page.tsx')).KitPage,
}));
const PlacesPage = lazy(async () => ({
  default: (await import('../features/places/places-page.tsx')).PlacesPage,
}));
const RecoverPage = lazy(async () => ({
  default: (await import('../features/recover/recover-page.tsx')).RecoverPage,
}));
const RecoveryKit = lazy(async () => ({
  default: (await import('../features/recovery-kit/recovery-kit.tsx')).RecoveryKit,
}));
const SettingsPage = lazy(async () => ({
  default: (await import('../features/settings/settings-page.tsx')).SettingsPage,
}));

const TrialPage = lazy(async () => ({
  default: (await import('../features/trial/trial-page.tsx')).TrialPage,
}));

const PAGES: Partial<Readonly<Record<Page, (route: Route) => ReactNode>>> = {
  overview: () => <OverviewPage />,
  activity: ({ rest: [jobId], query }) => <ActivityPage jobId={jobId} query={query} />,
  folders: ({ rest: [which] }) => <FoldersPage which={which} />,
  history: ({ query }) => <HistoryPage query={query} />,
  places: ({ rest: [which, part], query }) =>
    which !== undefined && part === 'kit' ? (
      <KitPage placeId={which} query={query} />
    ) : (
      <PlacesPage which={which} query={query} />
    ),
  recover: ({ query }) => <RecoverPage query={query} />,
  settings: () => <SettingsPage />,
  trial: () => <TrialPage />,
  welcome: ({ rest: [screen] }) => (
    <WelcomePage screen={screen} kit={(placeId) => <RecoveryKit placeId={placeId} />} />
  ),
};

/** The largest page is the one that people are in a hurry for: it comes before it is asked for, once nothing else is to be done. */
export function loadAhead(): void {
  void loadHistory().catch(() => undefined);
}

export function pageOf(route: Route): ReactNode {
  return PAGES[route.page]?.(route) ?? <NoSuchPage />;
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

/** The frame of the window: its bar, the page of the route, and what is shown while there is no core. */
import { useEffect, useState } from 'react';
import { connectCore, type CoreLink } from '../core-link/connect-core.ts';
import { CoreContext } from '../core-link/use-core.ts';
import { OverviewPage } from '../features/overview/overview-page.tsx';
import { Button } from '../ui/button.tsx';
import { Waves } from '../ui/waves.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { readRoute } from './read-route.ts';
import './app.css';

type Connection = { kind: 'opening' } | { kind: 'open'; link: CoreLink } | { kind: 'lost' };

export function App() {
  const connection = useConnection();
  const route = useRoute();
  return (
    <>
      <header className="bar">
        <Waves />
        <span>Tidemark</span>
      </header>
      <main>
        <ErrorBoundary>
          {connection.kind === 'lost' && <Lost />}
          {connection.kind === 'open' && (
            <CoreContext value={connection.link}>
              {route.page === 'overview' ? <OverviewPage /> : <NotHereYet page={route.page} />}
            </CoreContext>
          )}
        </ErrorBoundary>
      </main>
    </>
  );
}

function Lost() {
  return (
    <div className="notice" role="alert">
      <h1>The connection to Tidemark is gone.</h1>
      <p>What was saved is safe. Backups go on by themselves when Tidemark runs.</p>
      <Button onClick={() => location.reload()} isPrimary>
        Connect again
      </Button>
    </div>
  );
}

/** An honest page for what menus and links already lead to. */
function NotHereYet({ page }: { page: 'restore' | 'unknown' }) {
  return (
    <div className="notice">
      <h1>{page === 'restore' ? 'Getting something back' : 'There is no such page.'}</h1>
      {page === 'restore' && (
        <p>
          The timeline is not part of this release. The command line has everything:{' '}
          <code>tidemark find NAME</code> and <code>tidemark restore</code>.
        </p>
      )}
      <Button onClick={() => (location.hash = '#/')} isPrimary>
        To the overview
      </Button>
    </div>
  );
}

function useConnection(): Connection {
  const [connection, setConnection] = useState<Connection>({ kind: 'opening' });
  useEffect(() => {
    let isLeft = false;
    const lose = (): void => {
      if (!isLeft) setConnection({ kind: 'lost' });
    };
    connectCore().then((link) => {
      if (!isLeft) setConnection({ kind: 'open', link });
      link.onLost(lose);
    }, lose);
    return () => {
      isLeft = true;
    };
  }, []);
  return connection;
}

/** The route stands in the address: host and page change it alike. */
function useRoute(): ReturnType<typeof readRoute> {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return readRoute(hash);
}

/**
 * The first run: from nothing to a first copy in three decisions, and the page that opens it without this computer.
 * Which screen is shown stands in the view store and in the address, for a browser's way back; the kit comes from outside,
 * since features do not know each other.
 */
import { useEffect, useLayoutEffect, type ReactNode } from 'react';
import { useMirror } from '../../core-link/use-core.ts';
import { useWords } from '../../text/use-words.ts';
import { Waves } from '../../ui/waves.tsx';
import { FoldersScreen } from './folders-screen.tsx';
import { PlacesScreen } from './places-screen.tsx';
import { QuestionScreen } from './question-screen.tsx';
import { SafeScreen } from './safe-screen.tsx';
import { followAddress, useWelcome } from './view-store.ts';
import './welcome.css';

export interface WelcomePageProps {
  /** The recovery kit of a place, with what leads on from it. */
  readonly kit: (placeId: string) => ReactNode;
  /** What the address says. */
  readonly screen: string | undefined;
}

export function WelcomePage({ kit, screen }: WelcomePageProps) {
  const { welcome } = useWords();
  useLayoutEffect(() => followAddress(screen), [screen]);
  return (
    <div className="welcome" aria-label={welcome.label}>
      <header>
        <Waves />
        <span>Tidemark</span>
      </header>
      <CurrentScreen kit={kit} />
    </div>
  );
}

function CurrentScreen({ kit }: Pick<WelcomePageProps, 'kit'>) {
  const screen = useWelcome((state) => state.screen);
  const started = useWelcome((state) => state.started);
  const isStarting = useWelcome((state) => state.isStarting);
  const mirror = useMirror();
  const isProtected = (mirror?.plans.length ?? 0) > 0;
  // Who comes back to this page with folders protected has nothing to do here.
  const isOver = isProtected && started === null && !isStarting;
  useEffect(() => {
    if (isOver) location.replace('#/');
  }, [isOver]);
  if (isOver) return null;
  switch (screen) {
    case 'question':
      return <QuestionScreen />;
    case 'folders':
      return <FoldersScreen />;
    case 'places':
      return <PlacesScreen />;
    case 'safe':
      return started === null ? <QuestionScreen /> : <SafeScreen started={started} kit={kit} />;
  }
}

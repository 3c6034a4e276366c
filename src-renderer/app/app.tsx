/** The window as a whole: theme, language and connection; what is shown while there is no core. */
import { Button, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useSyncExternalStore } from 'react';
import { CoreContext } from '../core-link/use-core.ts';
import { chooseLanguage } from '../text/language.ts';
import { SpeechContext, speechOf, useWords } from '../text/use-words.ts';
import { theme } from '../ui/theme.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Frame } from './frame.tsx';
import { useConnection } from './use-connection.ts';
import './app.css';

export function App() {
  const speech = speechOf(chooseLanguage('system', usePreferredLanguages()));
  document.documentElement.lang = speech.language;
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <SpeechContext value={speech}>
        <Notifications position="bottom-right" autoClose={30_000} />
        <ErrorBoundary words={speech.words.frame}>
          <Connected />
        </ErrorBoundary>
      </SpeechContext>
    </MantineProvider>
  );
}

function Connected() {
  const connection = useConnection();
  switch (connection.kind) {
    case 'opening':
      return null;
    case 'lost':
      return <Lost />;
    case 'open':
      return (
        <CoreContext value={connection.link}>
          <Frame />
        </CoreContext>
      );
  }
}

function Lost() {
  const { frame } = useWords();
  return (
    <main className="notice" role="alert">
      <h1>{frame.lostTitle}</h1>
      <p>{frame.lostBody}</p>
      <Button onClick={() => location.reload()}>{frame.connectAgain}</Button>
    </main>
  );
}

function usePreferredLanguages(): readonly string[] {
  const languages = useSyncExternalStore(
    (tell) => {
      addEventListener('languagechange', tell);
      return () => removeEventListener('languagechange', tell);
    },
    () => navigator.languages.join(),
  );
  return languages.split(',');
}

/** The window as a whole: theme, language and connection; what is shown while there is no core. */
import { Button, MantineProvider, mergeThemeOverrides, type MantineThemeOverride } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useLayoutEffect, useMemo, useSyncExternalStore } from 'react';
import { chooseLanguage } from '#contract/language.ts';
import { CoreContext } from '../core-link/use-core.ts';
import type { Words } from '../text/language.ts';
import { SpeechContext, speechOf, useWords } from '../text/use-words.ts';
import { theme } from '../ui/theme.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Frame } from './frame.tsx';
import { useConnection, type Connection } from './use-connection.ts';
import { useSettings } from './use-settings.ts';
import './app.css';

export function App() {
  const connection = useConnection();
  const { language, theme: scheme, accent, rowHeight } = useSettings(connection);
  const spoken = speechOf(chooseLanguage(language, usePreferredLanguages()));
  const home = connection.kind === 'open' ? connection.link.home : undefined;
  const speech = useMemo(() => (home === undefined ? spoken : { ...spoken, home }), [spoken, home]);
  useLayoutEffect(() => {
    document.documentElement.lang = speech.language;
    document.documentElement.dataset['rowHeight'] = rowHeight;
    document.documentElement.dataset['accent'] = accent;
  }, [speech.language, accent, rowHeight]);
  return (
    <MantineProvider
      theme={useMemo(() => inWords(speech.words), [speech])}
      defaultColorScheme="auto"
      {...(scheme === 'system' ? {} : { forceColorScheme: scheme })}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <SpeechContext value={speech}>
        <Notifications position="bottom-right" autoClose={30_000} />
        <ErrorBoundary words={speech.words.frame}>
          <Connected connection={connection} />
        </ErrorBoundary>
      </SpeechContext>
    </MantineProvider>
  );
}

/** Controls of Mantine's own that stand without words, with their names for those who do not see them. */
function inWords({ frame }: Words): MantineThemeOverride {
  const closeButtonProps = { 'aria-label': frame.close };
  return mergeThemeOverrides(theme, {
    components: {
      Notification: { defaultProps: { closeButtonProps } },
      Modal: { defaultProps: { closeButtonProps } },
    },
  });
}

function Connected({ connection }: { readonly connection: Connection }) {
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

/** The words and formats of the language in use, for components. */
import { createContext, useCallback, useContext } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { LOCALES, type Language } from '#contract/language.ts';
import { createFormats, type Formats } from './formats.ts';
import { WORDS, type Words } from './language.ts';
import { showPath } from './show-path.ts';

export interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly formats: Formats;
  /** The person's own folder, from which paths are told; undefined while nobody has said. */
  readonly home?: WirePath;
}

const SPEECHES: Readonly<Record<Language, Speech>> = {
  en: { language: 'en', words: WORDS.en, formats: createFormats(LOCALES.en) },
  de: { language: 'de', words: WORDS.de, formats: createFormats(LOCALES.de) },
};

export function speechOf(language: Language): Speech {
  return SPEECHES[language];
}

export const SpeechContext = createContext<Speech>(SPEECHES.en);

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}

export function useWords(): Words {
  return useContext(SpeechContext).words;
}

/** Paths as people see them here: from their own folder on. */
export function useShowPath(): (path: WirePath) => string {
  const { home } = useContext(SpeechContext);
  return useCallback((path) => showPath(path, home), [home]);
}

export function useFormats(): Formats {
  return useContext(SpeechContext).formats;
}

/** The words and formats of the language in use, for components. */
import { createContext, useContext } from 'react';
import { LOCALES, type Language } from '#contract/language.ts';
import { createFormats, type Formats } from './formats.ts';
import { WORDS, type Words } from './language.ts';

export interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly formats: Formats;
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

export function useFormats(): Formats {
  return useContext(SpeechContext).formats;
}

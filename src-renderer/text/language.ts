/** The words of the window in each language. */
import type { Language } from '#contract/language.ts';
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import type { Translated } from './translated.ts';

export type Words = Translated<typeof en>;

export const WORDS: Readonly<Record<Language, Words>> = { en, de };

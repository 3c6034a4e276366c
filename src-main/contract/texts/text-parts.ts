/** Small parts of sentences, the same in every language but for numbers and moments. */
import { LOCALES, type Language } from '../language.ts';

/** The beginning of an id, as long as people meet it elsewhere. */
export function short(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 8) : id;
}

/** Rounded to the safe side: nobody shall make too little room. */
export function megabytes(bytes: number, round: (tenths: number) => number, language: Language): string {
  const format = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1, useGrouping: false });
  return `${format.format(round(bytes / 1e5) / 10)} MB`;
}

/** Of RFC 3339 text; what is none is told as it is. */
export function moment(time: string, language: Language): string {
  const timeMs = Date.parse(time);
  if (Number.isNaN(timeMs)) return time;
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short' }).format(
    timeMs,
  );
}

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

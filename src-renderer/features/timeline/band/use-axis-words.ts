/** The words of the axis in the language in use. */
import { useMemo } from 'react';
import { useFormats, useWords } from '../../../text/use-words.ts';
import type { AxisWords } from './axis.ts';

export function useAxisWords(): AxisWords {
  const { history } = useWords();
  const formats = useFormats();
  return useMemo(() => {
    const weekday = new Intl.DateTimeFormat(formats.locale, { weekday: 'short' });
    const month = new Intl.DateTimeFormat(formats.locale, { month: 'short' });
    return {
      clock: formats.clock,
      day: formats.day,
      weekday: (atMs) => weekday.format(atMs),
      month: (atMs) => month.format(atMs),
      year: (atMs) => String(new Date(atMs).getFullYear()),
      today: history.today,
      yesterday: history.yesterday,
    };
  }, [history, formats]);
}

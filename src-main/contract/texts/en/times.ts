import type { TimeTable } from '../text-tables.ts';

export const times: TimeTable = {
  justNow: 'just now',
  yesterday: (clock) => `yesterday, ${clock}`,
  onDate: (date) => date,
  now: 'now',
  today: (clock) => `today, ${clock}`,
  tomorrow: (clock) => `tomorrow, ${clock}`,
};

import type { TimeTable } from '../text-tables.ts';

export const times: TimeTable = {
  justNow: 'gerade eben',
  yesterday: (clock) => `gestern, ${clock}`,
  onDate: (date) => `am ${date}`,
  now: 'jetzt',
  today: (clock) => `heute, ${clock}`,
  tomorrow: (clock) => `morgen, ${clock}`,
};

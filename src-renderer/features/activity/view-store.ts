/** What of the activity is looked at: it stays while other pages are looked at. */
import { create } from 'zustand';
import type { Filters } from './view-model.ts';

interface ActivityView {
  readonly filters: Filters;
  /** So many pages of the past are loaded. */
  readonly pages: number;
}

export const NO_FILTERS: Filters = {
  what: 'all',
  planId: null,
  placeId: null,
  result: 'all',
  since: 'always',
};

export const useActivityView = create<ActivityView>(() => ({ filters: NO_FILTERS, pages: 1 }));

export function setFilters(filters: Filters): void {
  useActivityView.setState({ filters });
}

export function lookFurtherBack(): void {
  useActivityView.setState(({ pages }) => ({ pages: pages + 1 }));
}

/** What keys do to the band, while it is there; the keys themselves are the page's. */
import type { BandControl } from './band-control.ts';

export const bandDeeds: { current: BandControl | null } = { current: null };

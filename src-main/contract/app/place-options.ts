/**
 * What a person may set for a place beyond its address, under restic's names (`-o s3.region=...`). A short list on purpose: it
 * is kept with the place and travels with the settings, and whoever could write there must not choose programs to be started.
 */
import { z } from 'zod';

export const PLACE_OPTIONS = ['s3.region', 's3.bucket-lookup', 's3.storage-class'] as const;
export type PlaceOption = (typeof PLACE_OPTIONS)[number];

/** Each as restic reads it; one that is not given is left to the place. */
export const placeOptions = z.partialRecord(z.enum(PLACE_OPTIONS), z.string().min(1).max(64));
export type PlaceOptions = Readonly<z.output<typeof placeOptions>>;

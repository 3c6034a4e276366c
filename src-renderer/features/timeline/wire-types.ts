/** What looking around in time answers, as it is on the wire: types alone, taken from the contract. */
import type { AppCalls } from '#contract/app/app-calls.ts';
import type { CallClient } from '#contract/calls/call-table.ts';

export type Calls = CallClient<AppCalls>;
export type Asks<Name extends keyof AppCalls> = Parameters<Calls[Name]>[0];
export type Answers<Name extends keyof AppCalls> = Awaited<ReturnType<Calls[Name]>>;

export type Point = Answers<'browse.points'>[number];
export type PointRef = Pick<Point, 'snapshotId' | 'time' | 'timeMs'>;
export type OpenedFolder = Answers<'browse.folder'>;
export type Entry = Extract<OpenedFolder, { kind: 'folder' }>['entries'][number];
export type EntryKind = Entry['kind'];
export type HeatBucket = Answers<'browse.changes'>[number];
export type NextChange = NonNullable<Answers<'browse.nextChange'>>;
export type EntriesNow = Answers<'browse.now'>;
export type EntryNow = EntriesNow['states'][number]['now'];
export type HeldBy = Answers<'jobs.held'>[number]['reason'];

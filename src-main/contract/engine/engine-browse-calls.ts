/** The window's calls for looking around, asked of the engine process: the place is named by its repository. */
import type { z } from 'zod';
import type { browseCalls } from '#contract/app/browse-calls.ts';
import type { CallTable } from '#contract/calls/call-table.ts';
import { of } from './trusted-shape.ts';

type Calls = typeof browseCalls;
type Asked<Name extends keyof Calls> = Omit<z.output<Calls[Name]['input']>, 'placeId'> & {
  readonly repositoryId: string;
};
type Told<Name extends keyof Calls> = z.output<Calls[Name]['output']>;

function query<Name extends keyof Calls>(_name: Name) {
  return { kind: 'query', input: of<Asked<Name>>(), output: of<Told<Name>>() } as const;
}

export const engineBrowseCalls = {
  'browse.points': query('browse.points'),
  'browse.folder': query('browse.folder'),
  'browse.versions': query('browse.versions'),
  'browse.changes': query('browse.changes'),
  'browse.topFolders': query('browse.topFolders'),
  'browse.nextChange': query('browse.nextChange'),
  'browse.search': {
    ...query('browse.search'),
    progress: of<z.output<Calls['browse.search']['progress']>>(),
  },
  'browse.difference': query('browse.difference'),
} as const satisfies CallTable;

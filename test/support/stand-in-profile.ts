/** Answers the calls of the contract for tests of commands, through the same checks and codecs as a core does. */
import { DEFAULT_WINDOW_SETTINGS } from '#contract/app/settings-calls.ts';
import { appCalls, type AppCalls, type AppTopics } from '#contract/app/app-calls.ts';
import { mirror, type Mirror } from '#contract/app/mirror-values.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { createChannelPair } from '#contract/calls/channel.ts';
import { createCallClient } from '#contract/calls/create-call-client.ts';
import { serveCalls } from '#contract/calls/serve-calls.ts';
import type { ProfileConnection } from '#hosts/cli/profile/profile-connection.ts';

export const PLAN: Mirror['plans'][number] = {
  id: 'plan-1234',
  name: 'Letters',
  isOn: true,
  folders: ['/home/me/letters', { base64: '/w==' }],
  exclusions: { presets: ['caches'], patterns: ['*.tmp'] },
  placeIds: ['place-1234'],
  schedule: { maxAgeMs: 3_600_000, fixedTimes: [{ minuteOfDay: 1320, weekdays: [1, 5] }], isWatching: true },
  retention: { counts: { daily: 7 }, withinUnits: { monthly: { years: 1 } }, tagLists: [] },
  conditions: {
    mainsOnly: true,
    avoidMetered: false,
    quietHours: [{ fromMinute: 480, toMinute: 720 }],
    bandwidth: [],
  },
  commands: { before: [], after: [] },
  pause: null,
  createdAtMs: 0,
  changedAtMs: 0,
};

export const PLACE: Mirror['places'][number] = {
  id: 'place-1234',
  name: 'USB disk',
  kind: 'local',
  location: '/media/usb',
  options: {},
  repositoryId: 'a'.repeat(64),
  addedAtMs: 0,
  presence: 'present',
  secret: 'remembered',
  isRecoveryProven: false,
};

export const EMPTY_MIRROR: Mirror = {
  revision: 1,
  plans: [],
  places: [],
  jobs: [],
  health: { state: 'cannotTell', plans: [], copies: [], problems: [] },
  next: [],
  watch: [],
  machine: { power: 'unknown', isBatteryLow: false, network: 'unasked' },
  pause: null,
  settings: DEFAULT_WINDOW_SETTINGS,
};

export interface StandInProfile extends ProfileConnection {
  isClosed(): boolean;
}

/** What is not handed in is refused as unknown. */
export function standInProfile(
  handlers: Partial<CallHandlers<AppCalls>>,
  seen: Partial<Mirror> = {},
  isElsewhere = true,
): StandInProfile {
  const [client, server] = createChannelPair();
  const all = { 'mirror.get': () => mirror.decode({ ...EMPTY_MIRROR, ...seen }), ...handlers };
  serveCalls(server, appCalls, {}, all as CallHandlers<AppCalls>);
  let isClosed = false;
  return {
    calls: createCallClient<AppCalls, AppTopics>(client, appCalls).calls,
    isElsewhere,
    close: async () => {
      isClosed = true;
      client.close();
    },
    isClosed: () => isClosed,
  };
}

/**
 * Everything that a window or the command line may ask of a running core: one table, served over every transport. Which
 * host it is makes no difference, except for `host.*`, which a host answers as far as it can.
 */
import { z } from 'zod';
import type { CallTable, TopicTable } from '#contract/calls/call-table.ts';
import { LOGIN_NAMES } from '#contract/login-names.ts';
import { browseCalls } from './browse-calls.ts';
import { contentCalls } from './content-calls.ts';
import { handOutCalls } from './hand-out-calls.ts';
import { heldRun, job, jobRequest, jobTrouble } from './job-values.ts';
import { kitFileCalls } from './kit-file-calls.ts';
import { keyCalls } from './key-calls.ts';
import { machineCalls } from './machine-calls.ts';
import { placeOptions } from './place-options.ts';
import { placeTrial } from './place-trial.ts';
import { mirror, mirrorChange, problem } from './mirror-values.ts';
import { restorePreview, restoreQuestion } from './restore-values.ts';
import { trayCalls } from './tray-calls.ts';
import { settingsCalls } from './settings-calls.ts';
import { spaceCalls } from './space-calls.ts';
import {
  bytesInJson,
  count,
  exclusions,
  EXCLUSION_PRESETS,
  jobId,
  pause,
  place,
  placeId,
  plan,
  planChoices,
  planId,
  retention,
  snapshotId,
  timeMs,
} from './values.ts';

const nothing = z.strictObject({});
const done = z.void();

/** Typed by a person; never kept, never logged. */
const typedSecret = z.string().min(1).max(1_000);

/** How the person gets a key that opens the place without this computer. */
export const newPlaceKeys = z.strictObject({
  placeId,
  /** To be shown once and kept by the person: exactly the password that restic accepts. Null: there was one already. */
  recoveryCode: z.string().nullable(),
  /** Why the keychain does not keep this computer's key; null: it does. */
  notRemembered: z.string().nullable(),
});

export const placeProbe = z.strictObject({
  kind: z.enum([
    'empty',
    'repository',
    'otherFiles',
    'missing',
    'wrongCredentials',
    'unknownServer',
    'unreachable',
  ]),
  location: z.string(),
  freeBytes: count.nullable(),
  /** In plain words, where it cannot be used. */
  reason: z.string().nullable(),
});

/** What one version that a rule would remove looks like to a person. */
export const losingVersion = z.strictObject({ snapshotId, timeMs, paths: z.array(bytesInJson) });

const placeAddress = { location: z.string(), options: placeOptions.exactOptional() };

export const appCalls = {
  'app.info': {
    kind: 'query',
    input: nothing,
    output: z.strictObject({
      version: z.string(),
      host: z.enum(['electron', 'browser', 'commandLine']),
      platform: z.string(),
      hostname: z.string(),
      homeFolder: bytesInJson,
      /** Where plans, settings and the log lie. For the eye only. */
      profileFolder: z.string(),
      isFirstStart: z.boolean(),
    }),
  },
  'mirror.get': { kind: 'query', input: nothing, output: mirror },

  'plans.presets': {
    kind: 'query',
    input: nothing,
    output: z.array(
      z.strictObject({
        preset: z.enum(EXCLUSION_PRESETS),
        patterns: z.array(bytesInJson),
        isDefault: z.boolean(),
      }),
    ),
  },
  /** Adds where `id` is null, else replaces what a person decides. */
  'plans.put': {
    kind: 'command',
    input: z.strictObject({ id: planId.nullable(), choices: z.strictObject(planChoices) }),
    output: plan,
  },
  'plans.remove': { kind: 'command', input: z.strictObject({ planId }), output: done },
  'plans.pause': {
    kind: 'command',
    input: z.strictObject({ planId, untilMs: timeMs.nullable() }),
    output: done,
  },
  /** What another rule would remove, before anything is decided. */
  'plans.previewRetention': {
    kind: 'query',
    input: z.strictObject({ planId, retention }),
    output: z.array(
      z.strictObject({
        placeId,
        keeps: count,
        /** In the next run. */
        removes: z.array(losingVersion),
        /** In the runs after it: one run takes a share of a series only. */
        removesLater: z.array(losingVersion),
      }),
    ),
  },
  'plans.preview': {
    kind: 'query',
    input: z.strictObject({ folders: z.array(bytesInJson), exclusions }),
    output: z.strictObject({ files: count, bytes: count, leftOutFiles: count, leftOutBytes: count }),
    progress: z.strictObject({ files: count, bytes: count }),
  },

  'places.probe': { kind: 'query', input: z.strictObject(placeAddress), output: placeProbe },
  /** Looks, and tries out for real what the place can do; takes away again what it writes. Some seconds. */
  'places.test': {
    kind: 'command',
    input: z.strictObject(placeAddress),
    output: z.strictObject({ probe: placeProbe, trial: placeTrial }),
  },
  /** What logs in to a location behind a network. @returns why the keychain does not remember it; then it holds for this run. */
  'places.login': {
    kind: 'command',
    input: z.strictObject({ location: z.string(), login: z.partialRecord(z.enum(LOGIN_NAMES), typedSecret) }),
    output: z.string().nullable(),
  },
  /** Makes a new repository at an empty location, with this computer's key and a recovery code. */
  'places.create': {
    kind: 'command',
    input: z.strictObject({ name: z.string().min(1).max(200), ...placeAddress }),
    output: newPlaceKeys,
  },
  /** Takes up a repository that is there; adds this computer's key only if told to. */
  'places.open': {
    kind: 'command',
    input: z.strictObject({
      name: z.string().min(1).max(200),
      ...placeAddress,
      password: typedSecret,
      addsKey: z.boolean(),
    }),
    output: newPlaceKeys,
  },
  'places.rename': {
    kind: 'command',
    input: z.strictObject({ placeId, name: z.string().min(1).max(200) }),
    output: done,
  },
  /** The same repository is at another location now. */
  'places.move': { kind: 'command', input: z.strictObject({ placeId, ...placeAddress }), output: done },
  /** Forgets it here; what lies there stays. */
  'places.remove': { kind: 'command', input: z.strictObject({ placeId }), output: done },
  /** After the keychain has refused: opens the place with what was typed, and makes a new key for this computer. */
  'places.unlock': {
    kind: 'command',
    input: z.strictObject({ placeId, password: typedSecret }),
    output: newPlaceKeys,
  },
  'places.proveRecovery': {
    kind: 'command',
    input: z.strictObject({ placeId, code: typedSecret }),
    output: place,
  },
  /**
   * One group (`KIT_GROUP`) as proof that the kit is still at hand. False: of another kit. Asked again at `nextMs`.
   * @throws request.invalidInput: mistyped, or the code was never proven
   */
  'places.findKit': {
    kind: 'command',
    input: z.strictObject({ placeId, group: typedSecret }),
    output: z.strictObject({ isRight: z.boolean(), nextMs: timeMs.nullable() }),
  },
  'places.renewRecovery': { kind: 'command', input: z.strictObject({ placeId }), output: newPlaceKeys },

  /** Puts back its config or keys from the copy, where they are missing or damaged. `password`: where this computer's key does not help. */
  'places.mendKeys': {
    kind: 'command',
    input: z.strictObject({ placeId, password: typedSecret.nullable() }),
    output: z.array(z.strictObject({ kind: z.enum(['config', 'key']), was: z.enum(['missing', 'damaged']) })),
  },

  'jobs.start': { kind: 'command', input: jobRequest, output: jobId },
  'jobs.cancel': { kind: 'command', input: z.strictObject({ jobId }), output: done },
  'jobs.pause': { kind: 'command', input: z.strictObject({ jobId }), output: done },
  'jobs.resume': { kind: 'command', input: z.strictObject({ jobId }), output: done },
  /** Resolves when the job has ended. */
  'jobs.wait': { kind: 'query', input: z.strictObject({ jobId }), output: job, progress: job },
  'jobs.list': {
    kind: 'query',
    input: z.strictObject({ limit: z.number().int().min(1).max(1_000), beforeMs: timeMs.nullable() }),
    output: z.array(job),
  },
  'jobs.troubles': { kind: 'query', input: z.strictObject({ jobId }), output: z.array(jobTrouble) },
  /** When runs of the plan to the place were due and could not begin, oldest first. */
  'jobs.held': {
    kind: 'query',
    input: z.strictObject({ planId, placeId }),
    output: z.array(heldRun),
  },
  /** Every plan to all of its places, as the person asked. */
  'jobs.backUpNow': {
    kind: 'command',
    input: z.strictObject({ planId: planId.nullable() }),
    output: z.array(jobId),
  },

  'pause.set': { kind: 'command', input: z.strictObject({ untilMs: timeMs }), output: pause },
  'pause.clear': { kind: 'command', input: nothing, output: done },

  /** The person has heard enough of it. */
  'reminders.dismiss': { kind: 'command', input: z.strictObject({ key: z.string().max(200) }), output: done },

  'restore.prepare': { kind: 'query', input: restoreQuestion, output: restorePreview },
  'undo.list': {
    kind: 'query',
    input: z.strictObject({ folder: bytesInJson }),
    output: z.array(
      z.strictObject({ undoId: z.string(), state: z.string(), startedAtMs: timeMs, expiresAtMs: timeMs }),
    ),
  },

  'activity.list': {
    kind: 'query',
    input: z.strictObject({ limit: z.number().int().min(1).max(1_000), before: count.nullable() }),
    output: z.array(z.strictObject({ number: count, atMs: timeMs, kind: z.string(), data: z.json() })),
  },
  /** Oldest first. CSV with a header line, JSON as a list; `isCut`: there is more than so many entries. */
  'activity.export': {
    kind: 'query',
    input: z.strictObject({
      format: z.enum(['csv', 'json']),
      fromMs: timeMs.nullable(),
      toMs: timeMs.nullable(),
    }),
    output: z.strictObject({ text: z.string(), entries: count, isCut: z.boolean() }),
  },
  'activity.verify': {
    kind: 'query',
    input: nothing,
    output: z.strictObject({ isIntact: z.boolean(), number: count }),
  },

  /** Plans and settings that lie in a place, newest first, before anything is taken over. */
  'adopt.look': {
    kind: 'query',
    input: z.strictObject({ ...placeAddress, password: typedSecret }),
    output: z.array(
      z.strictObject({
        snapshotId,
        savedAtMs: timeMs,
        hostname: z.string(),
        planNames: z.array(z.string()),
        placeNames: z.array(z.string()),
      }),
    ),
  },
  /** Takes them over: plans, places, rules and the history go on; this computer gets a key of its own. */
  'adopt.take': {
    kind: 'command',
    input: z.strictObject({ ...placeAddress, password: typedSecret, snapshotId }),
    output: z.strictObject({ plans: count, places: count, notRemembered: z.string().nullable() }),
  },

  'host.chooseFolder': { kind: 'query', input: nothing, output: bytesInJson.nullable() },
  /** What the job has put back or put elsewhere, in the file manager. False: nothing could be shown. @throws request.notFound */
  'host.showInFolder': { kind: 'command', input: z.strictObject({ jobId }), output: z.boolean() },
  'host.setAutostart': { kind: 'command', input: z.strictObject({ isOn: z.boolean() }), output: done },
  'host.getAutostart': { kind: 'query', input: nothing, output: z.boolean().nullable() },

  ...browseCalls,
  ...contentCalls,
  ...handOutCalls,
  ...kitFileCalls,
  ...keyCalls,
  ...machineCalls,
  ...spaceCalls,
  ...settingsCalls,
  ...trayCalls,
} as const satisfies CallTable;
export type AppCalls = typeof appCalls;

export const appTopics = {
  /** At most ten a second. */
  mirror: mirrorChange,
  /** To be told to the person now; `isOver`: take it back. */
  notice: z.strictObject({ problem, isOver: z.boolean() }),
} as const satisfies TopicTable;
export type AppTopics = typeof appTopics;

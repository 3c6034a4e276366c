/** What the core answers windows and the command line with: one handler for each call of the contract. */
import { homedir, hostname } from 'node:os';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { AppCalls } from '#contract/app/app-calls.ts';
import type { contentCalls } from '#contract/app/content-calls.ts';
import { EXCLUSION_PRESETS, pause as pauseShape, placeId, planId } from '#contract/app/values.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import type { ListedVersion } from '#contract/engine/engine-values.ts';
import { DEFAULT_PRESETS, presetPatterns } from '#services/plans/exclusion-presets.ts';
import { requirePlan } from '#services/plans/require-plan.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import { checkSchedule } from '#services/scheduler/check-schedule.ts';
import { BY_PERSON } from '#services/jobs/job-queue.ts';
import { listActivity, listActivityBetween, verifyActivity } from '#services/state/activity-table.ts';
import { listJobTroubles } from '#services/state/job-troubles-table.ts';
import { listJobs } from '#services/state/jobs-table.ts';
import { listPlaces } from '#services/state/places-table.ts';
import { listPlans, putPlan, removePlan, type Plan } from '#services/state/plans-table.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import { toThinOutChoice } from '#services/upkeep/thin-out-choice.ts';
import { browseHandlers } from './browse-handlers.ts';
import { adoptHandlers } from './adopt-handlers.ts';
import { contentHandlers, handOutHandlers } from './content-handlers.ts';
import { activityText } from './export-activity.ts';
import type { CoreParts } from './core-parts.ts';
import { kitFileHandlers } from './kit-file-handlers.ts';
import { keyHandlers } from './key-handlers.ts';
import { machineHandlers } from './machine-handlers.ts';
import { toJobValue } from './mirror-keeper.ts';
import { placeHandlers } from './place-handlers.ts';
import { showMadeFiles } from './show-made-files.ts';
import { spaceHandlers } from './space-handlers.ts';
import { trayHandlers } from './tray-handlers.ts';
import { settingsHandlers } from './settings-handlers.ts';

/** About 6 MB. */
const MOST_EXPORTED = 20_000;
/** There are only a few kinds; whatever a window sends, the list stays small. */
const MOST_DISMISSED = 50;

export function appHandlers(parts: CoreParts): CallHandlers<AppCalls> {
  return {
    ...generalHandlers(parts),
    ...planHandlers(parts),
    ...placeHandlers(parts),
    ...jobHandlers(parts),
    ...lookingHandlers(parts),
    ...adoptHandlers(parts),
    ...hostHandlers(parts),
    ...settingsHandlers(parts),
    ...contentHandlers(parts),
    ...handOutHandlers(parts),
    ...kitFileHandlers(parts),
    ...keyHandlers(parts),
    ...machineHandlers(parts),
    ...spaceHandlers(parts),
    ...trayHandlers(parts),
  };
}

type Of<Prefix extends string> = {
  readonly [
    Name in keyof AppCalls as Name extends `${Prefix}.${string}` ? Name : never
  ]: CallHandlers<AppCalls>[Name];
};

function generalHandlers({ state, ports, mirror, profileFolder }: CoreParts): Of<'app' | 'mirror'> {
  return {
    'app.info': () => ({
      version: ports.version,
      host: ports.name,
      platform: process.platform,
      hostname: hostname(),
      homeFolder: textToByteString(homedir()),
      profileFolder,
      isFirstStart: state.read((reader) => listPlans(reader).length === 0 && listPlaces(reader).length === 0),
    }),
    'mirror.get': () => mirror.whole(),
  };
}

function losing({ snapshotId, timeMs, paths }: ListedVersion): {
  snapshotId: string;
  timeMs: number;
  paths: ByteString[];
} {
  return { snapshotId, timeMs, paths: [...paths] };
}

function planHandlers(parts: CoreParts): Of<'plans'> {
  const { state, ports, engine, note, changed } = parts;
  return {
    'plans.presets': () =>
      EXCLUSION_PRESETS.map((preset) => ({
        preset,
        patterns: presetPatterns(preset),
        isDefault: DEFAULT_PRESETS.includes(preset),
      })),
    'plans.put': async ({ id, choices }) => {
      checkSchedule(choices.schedule as Plan['schedule'], choices.conditions as Plan['conditions']);
      const nowMs = ports.clock.nowMs();
      const plan = await state.commit((writer) => {
        for (const used of choices.placeIds) requirePlace(writer, used);
        const before = id === null ? undefined : requirePlan(writer, id);
        const made = {
          ...choices,
          id: before?.id ?? planId.parse(parts.newId()),
          pause: before?.pause ?? null,
          createdAtMs: before?.createdAtMs ?? nowMs,
          changedAtMs: nowMs,
        } as Plan;
        putPlan(writer, made);
        return made;
      });
      note(id === null ? 'planAdded' : 'planChanged', { planId: plan.id, name: plan.name });
      changed('plans');
      return plan as never;
    },
    'plans.remove': async ({ planId: id }) => {
      const plan = state.read((reader) => requirePlan(reader, id));
      await state.commit((writer) => removePlan(writer, id));
      note('planRemoved', { planId: id, name: plan.name });
      changed('plans');
    },
    'plans.pause': async ({ planId: id, untilMs }) => {
      const sinceMs = ports.clock.nowMs();
      await state.commit((writer) =>
        putPlan(writer, {
          ...requirePlan(writer, id),
          pause: untilMs === null ? null : { sinceMs, untilMs },
        }),
      );
      changed('plans');
    },
    'plans.previewRetention': async ({ planId: id, retention }) => {
      const { plan, places } = state.read((reader) => {
        const found = requirePlan(reader, id);
        return { plan: found, places: found.placeIds.map((each) => requirePlace(reader, each)) };
      });
      return Promise.all(
        places.map(async (place) => {
          const choice = state.read((reader) =>
            toThinOutChoice(reader, plan, place.id, retention as Plan['retention']),
          );
          const preview = await engine.calls['thinOut.preview']({ access: accessTo(place), choice });
          return {
            placeId: place.id,
            keeps: preview.keeps + preview.spares - preview.later.length,
            removes: preview.removes.map(losing),
            removesLater: preview.later.map(losing),
          };
        }),
      );
    },
    'plans.preview': (choice, { signal, tell }) => parts.measureFolders(choice, tell, signal),
  };
}

function jobHandlers({ state, queue, routine, ports }: CoreParts): Of<'jobs' | 'pause' | 'reminders'> {
  return {
    'jobs.start': (request) => queue.add(request, 'person'),
    'jobs.cancel': ({ jobId }) => queue.cancel(jobId),
    'jobs.pause': ({ jobId }) => queue.rest(jobId, BY_PERSON),
    'jobs.resume': ({ jobId }) => queue.resume(jobId),
    'jobs.wait': async ({ jobId }, { signal, tell }) => {
      const live = (): void => {
        const job = queue.active().find(({ row }) => row.id === jobId);
        if (job !== undefined) tell(toJobValue(job.row, job));
      };
      const timer = setInterval(live, 500);
      try {
        return await Promise.race([
          queue.wait(jobId).then((row) => toJobValue(row)),
          new Promise<never>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new TidemarkError('job.cancelled', {})));
          }),
        ]);
      } finally {
        clearInterval(timer);
      }
    },
    'jobs.list': async ({ limit, beforeMs }) => {
      // What is told to have ended must have, whatever comes.
      const rows = await state.readSaved((reader) =>
        listJobs(reader, {
          limit,
          ...(beforeMs === null ? {} : { before: { queuedAtMs: beforeMs, id: '' as never } }),
        }),
      );
      return rows.map((row) => toJobValue(row));
    },
    'jobs.troubles': ({ jobId }) => state.read((reader) => listJobTroubles(reader, jobId)),
    'jobs.held': ({ planId, placeId: place }) =>
      routine.heldRuns.list(planId, place).map(({ fromMs, toMs, reason }) => ({ fromMs, toMs, reason })),
    'jobs.backUpNow': async ({ planId: only }) => {
      const plans = state.read(listPlans).filter(({ id, isOn }) => (only === null ? isOn : id === only));
      if (only !== null && plans.length === 0)
        throw new TidemarkError('request.notFound', { what: 'plan', id: only });
      const ids = plans.flatMap((plan) =>
        plan.placeIds.map((place) =>
          queue.add({ kind: 'backup', planId: plan.id, placeId: placeId.parse(place) }, 'person'),
        ),
      );
      return Promise.all(ids);
    },
    'pause.set': async ({ untilMs }) => {
      const made = pauseShape.parse({ sinceMs: ports.clock.nowMs(), untilMs });
      await state.commit((writer) => putSetting(writer, 'pause', made));
      routine.poke();
      return made;
    },
    'pause.clear': async () => {
      await state.commit((writer) => putSetting(writer, 'pause', null));
      routine.poke();
    },
    'reminders.dismiss': async ({ key }) => {
      await state.commit((writer) => {
        const before = getSetting(writer, 'dismissedReminders') ?? [];
        putSetting(writer, 'dismissedReminders', [...new Set([...before, key])].slice(-MOST_DISMISSED));
      });
      routine.poke();
    },
  };
}

function lookingHandlers({
  state,
  engine,
}: CoreParts): Omit<Of<'restore' | 'undo' | 'activity' | 'browse'>, keyof typeof contentCalls> {
  return {
    'restore.prepare': async ({ placeId: id, withFiles = false, ...ask }, { signal }) => {
      const place = state.read((reader) => requirePlace(reader, id));
      const asked = { access: accessTo(place), ask, withFiles };
      return toPlain(await engine.calls['restore.prepare'](asked, { signal }));
    },
    'undo.list': async ({ folder }) =>
      (await engine.calls['undo.list']({ folder })).map((entry) => ({ ...entry })),
    'activity.list': ({ limit, before }) =>
      state.read((reader) => listActivity(reader, limit, before ?? undefined)),
    'activity.export': ({ format, fromMs, toMs }) => {
      const [from, to] = [fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER];
      const found = state.read((reader) => listActivityBetween(reader, from, to, MOST_EXPORTED + 1));
      const entries = found.slice(0, MOST_EXPORTED);
      const text = activityText(entries, format);
      return { text, entries: entries.length, isCut: found.length > MOST_EXPORTED };
    },
    'activity.verify': () => {
      const verdict = state.read((reader) => verifyActivity(reader));
      return verdict.kind === 'intact'
        ? { isIntact: true, number: verdict.head.number }
        : { isIntact: false, number: verdict.number };
    },
    ...browseHandlers(state, engine),
  };
}

function hostHandlers(parts: CoreParts): Omit<Of<'host'>, 'host.listFolder' | 'host.makeFolder'> {
  const { ports } = parts;
  return {
    'host.chooseFolder': () => ports.chooseFolder?.() ?? null,
    'host.showInFolder': ({ jobId }) => showMadeFiles(parts, jobId),
    'host.setAutostart': ({ isOn }) => ports.autostart?.set(isOn),
    'host.getAutostart': () => ports.autostart?.get() ?? null,
  };
}

/** Of readonly lists a value that the contract's types take. */
function toPlain<T>(value: unknown): T {
  return structuredClone(value) as T;
}
